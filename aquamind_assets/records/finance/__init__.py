"""AquaMind's apps ``finance`` and ``finance_core``: companies, sites, cost centers, harvest facts."""
