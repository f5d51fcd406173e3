"""Databases: bulk loading, checkpoints, digests read back, SQLite, PostgreSQL and TimescaleDB.

Belongs here: getting rows into a database and proving that they are there; it knows tables and days. Does not belong
here: fish, and what a row means (``records``).
"""
