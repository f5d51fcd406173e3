"""Machine-learning tasks made from a simulated farm: rows, splits, baselines and checks of the tasks themselves.

Belongs here: what each task asks, its columns, its labels from the ledger, splitting, scoring, data cards. Does not
belong here: simulating (``pipeline``), AquaMind's rows (``records``), options and tables on the screen (``cli``).
"""
