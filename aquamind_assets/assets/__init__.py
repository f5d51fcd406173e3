"""Everything that knows Dagster: assets, asset checks, jobs, schedules, sensors, partitions and metadata.

Belongs here: one Dagster concept a module, each a thin layer over ``pipeline``, ``laws`` and ``reports``. Does not
belong here: the work itself.
"""
