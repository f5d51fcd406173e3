"""Ledger to AquaMind rows: pure functions, one module for each of AquaMind's apps.

Belongs here: how what happened is written down in AquaMind's tables. Does not belong here: deciding what happened (``farm``), databases (``warehouse``),
Dagster.
"""
