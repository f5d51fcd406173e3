"""Databases: bulk loading, checkpoints, digests read back, SQLite, PostgreSQL and TimescaleDB.

Belongs here: getting rows into a database and proving that they are there. Knows tables and days, not fish.
"""
