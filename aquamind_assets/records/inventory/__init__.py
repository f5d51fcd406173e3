"""Rows of AquaMind's app ``inventory``: feed purchases, lots, stock, feeding events and summaries."""
