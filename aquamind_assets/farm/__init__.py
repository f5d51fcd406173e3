"""The simulated farm: fish, water, feed, lice, disease, treatments and space as one coupled system.

Belongs here: pure numpy that turns a scenario into a year's ledger. Does not belong here: Dagster, SQL, files, the
clock, environment variables, and anything about AquaMind's tables.
"""
