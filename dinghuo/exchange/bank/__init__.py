"""Bank statements from files: MT940 and MT942, CAMT.052, .053 and .054, CSV and XLSX by a mapping that is data.

Each reader gives `StatementDraft`s or refuses the whole file in words that name the row or the element.
Rules: docs/rules/matching.md.
"""
