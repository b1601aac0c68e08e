"""A wholesaler's year from a file in the layout of UCI's Online Retail data sets.

Takes a `.csv`, `.csv.gz` or `.xlsx` file with one line per product and document; gives typed rows (`rows`), the one
outcome of each (`classify`), exact totals (`totals`) and a plan for what such a file lacks (`generation`). Nothing
here touches the database: the whole file is found good before the first row of it is written. A file that cannot be
trusted is refused with one sentence (`errors`) that names file, row and column. The limits are in `limits`.
"""
