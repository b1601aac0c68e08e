"""E-invoices of EN 16931, the European standard: written as UBL 2.1 and UN/CEFACT CII, embedded in a PDF (Factur-X), read back.

`model` is the standard's semantic model, with its numbers of business terms (BT); `gathering` fills it from posted documents; `ubl`
and `cii` write it; `reading` reads either syntax; `validation` runs the official schemas and rules; `hybrid` makes the PDF that is
both.
"""
