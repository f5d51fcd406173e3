"""Feed: which feed fish get, and deliveries, silos and lots."""
