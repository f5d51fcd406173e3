"""Every figure of the farm, defined once: key, title, unit, meaning, period, and the formula from sums.

Belongs here: formulas from :class:`~aquamind_assets.figures.sums.Sums`, grouped by AquaMind's apps. Does not belong
here: where the sums come from (``reports`` reads the tables, ``realism`` the ledger), bands (``realism``), drawing and
pages (``reports``), Dagster (``assets``).
"""
