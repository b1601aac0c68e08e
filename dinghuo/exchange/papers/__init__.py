"""Papers: what goes with the goods and to the customer as PDF, in the customer's language.

A paper is data and a form. A reader (`delivery_notes`, `invoices`) takes a set of documents out of the database in a fixed number
of statements and writes every figure and word as text; a form in `forms/` only places them on the page; `printing` makes the PDF.
"""
