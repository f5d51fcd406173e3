"""Databases: the tables' description, bulk loading, checkpoints. Knows tables and days, not fish."""
