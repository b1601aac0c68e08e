"""What a bank statement says, and which open invoices a line of it pays: pure functions over what they are given.

`statements` is a statement as every reader gives it, `texts` finds references and names, `combinations` the sets of invoices that
make up an amount, `policy` the points, `evidence` what speaks for a choice, and `engine` decides. Rules: docs/rules/matching.md.
"""
