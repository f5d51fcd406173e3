"""Realism: published figures of salmon farming, and the same statistics of the simulated farm.

Belongs here: targets, the sums they are measured on, statistics, the page of ``docs/realism.md``. Does not belong here:
what must always hold (``laws``).
"""
