"""Stage 6, analytics 数据分析与决策: what the year says.

Takes the tables of the stages before, through their published views. Gives figures that each lead to their documents. Owns no table
and records nothing.
"""
