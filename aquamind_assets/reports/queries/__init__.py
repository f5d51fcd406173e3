"""What reports read from the tables, one module for each of AquaMind's apps.

Belongs here: portable statements (``?`` for parameters, SQLite and PostgreSQL alike) that read the platform's own rows
by ranges of their ids, a year or a month at a time, and sum in the database. Rows that users entered have other ids
and are never read; what a row of the platform refers to is looked up by its id. Does not belong here: figures
(``figures``), what is made of the rows (``sums``, ``lives``, ``sites``).
"""
