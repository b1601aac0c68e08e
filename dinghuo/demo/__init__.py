"""The demo company: a wholesaler in Yiwu whose half year up to today is made from a seed, through the real operations.

Each day's work depends on the seed, the day and what the database holds, and is one transaction: a run that was broken off goes on
where it stopped, and the same seed on the same day makes the same company.
"""
