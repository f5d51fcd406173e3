"""Reports made from the written rows alone: queries, figures, drawings, pages.

Belongs here: one definition of every figure. Does not belong here: Dagster's metadata (``assets``), files and options
(``cli``).
"""
