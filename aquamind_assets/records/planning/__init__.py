"""AquaMind's apps ``scenario`` and ``planning``: models of growth, the plan of each batch, planned activities."""
