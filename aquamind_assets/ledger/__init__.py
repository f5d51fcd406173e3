"""The ledger: the simulated farm, by year, as typed columnar frames.

Belongs here: the frames and their codes, the closing state of a year, the later state of a year's batches, treatments
and feed, and the storage of all of it. Does not belong here: simulating (``farm``), AquaMind's tables (``tables``,
``records``).
"""
