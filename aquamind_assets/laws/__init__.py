"""The laws: what always holds in the ledger and in the database, with AquaMind's own rules in ``rules``.

Belongs here: judging a year, and the evidence that is looked at. Does not belong here: published figures
(``realism``), Dagster's asset checks (``assets``).
"""
