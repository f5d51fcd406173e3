"""The ledger: what was simulated, by year, as typed columnar frames.

Belongs here: the frames and their codes, the closing state of a year, what became of things in later years, and how
all of it is stored. Does not belong here: simulating (``farm``), AquaMind's tables (``tables``, ``records``).
"""
