"""A classifier between the simulated farm's weeks and a reference table of real ones.

Belongs here: the table's columns, reading it, the same table from ledgers, features, and the classifier with its
scores. Does not belong here: published figures (``realism.targets``), options and the table on the screen (``cli``).
"""
