"""Ledger to AquaMind rows: pure functions, one folder for each of AquaMind's apps.

Belongs here: recording the simulated events in AquaMind's tables. Does not belong here: simulating them (``farm``),
databases (``warehouse``), Dagster.
"""
