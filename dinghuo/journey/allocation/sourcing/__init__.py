"""Optimal sourcing: which warehouse serves which line, at what cost, and why a line cannot be served.

Pure: `problem` states what is asked and what an answer costs, `greedy` gives the answer one would give by hand, `optimum`
improves on it with HiGHS and tells how far it can be from the best, `explanation` says why a line stays short. The model is
written out in docs/rules/sourcing.md.
"""
