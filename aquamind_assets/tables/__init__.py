"""AquaMind's tables: their description by release, values checked against it, rows, digests and the data dictionary.

Belongs here: what a table and a column are, and what a row of them is. Does not belong here: SQL and databases
(``warehouse``), where the values come from (``records``).
"""
