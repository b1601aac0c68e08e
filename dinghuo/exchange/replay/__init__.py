"""Drives an Online Retail file as a company's year: the file is read once, then each day goes through all six stages.

`year.py` is what the file says, `masters.py` the company it needs, `days.py` what happens on a day, `result.py` what came of it,
`driver.py` the run itself, which can be stopped at any moment and goes on where it was.
"""
