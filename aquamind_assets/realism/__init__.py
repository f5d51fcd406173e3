"""Realism: published figures of salmon farming, compared with the same statistics of the simulated farm.

Belongs here: targets, the sums that statistics are computed from, statistics, the page of ``docs/realism.md``. Does not
belong here: invariants (``laws``).
"""
