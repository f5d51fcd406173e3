"""From a scenario to a year in the database: prerequisites, provenance, progress, and the loop over years.

Belongs here: what the assets, the command and the docs generator all do to generate a year. Does not belong here:
Dagster (``assets``), what is printed (``cli``).
"""
