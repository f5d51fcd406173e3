"""Laws: invariants of the ledger and of the database. AquaMind's own row rules are in ``rules``.

Belongs here: judging a year, and the evidence that a law checks. Does not belong here: published figures (``realism``),
Dagster's asset checks (``assets``).
"""
