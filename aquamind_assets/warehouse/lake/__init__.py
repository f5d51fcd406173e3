"""The warehouse in a lake: Parquet files in folders, a log of commits, and DuckDB to ask them.

Belongs here: what a database does (``Database``), with files. Does not belong here: rows (``records``), what is the
same in all databases (the rooms beside this one).
"""
