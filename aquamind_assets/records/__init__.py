"""Ledger to AquaMind rows: pure functions, one folder for each of AquaMind's apps.

Belongs here: how what happened is recorded in AquaMind's tables. Does not belong here: deciding what happened
(``farm``), databases (``warehouse``), Dagster.
"""
