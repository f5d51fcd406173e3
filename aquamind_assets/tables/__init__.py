"""AquaMind's tables: their description by release, values checked against it, rows, digests and the data dictionary.

Belongs here: the description of tables, columns and rows. Does not belong here: SQL and databases (``warehouse``),
making the values (``records``).
"""
