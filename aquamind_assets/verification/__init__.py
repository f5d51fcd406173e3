"""Verifying a database: everything that could have changed since it was written, whatever changed it.

Belongs here: comparing rows, checkpoints, claims and the database's own pages with each other and with the ledgers, and
the results as plain values. Does not belong here: any law (``laws``), printing (``cli``).
"""
