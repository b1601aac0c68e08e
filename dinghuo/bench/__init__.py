"""How fast the journey is, against the same rows written by hand.

Makes companies of its own, drives orders through every stage by the real operations, writes the same rows by hand-made SQL in
between, compares what both wrote, and reports milliseconds, orders a second and the ratios. docs/speed.md says how and why.
"""
