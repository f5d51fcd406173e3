"""Rows of AquaMind's app ``batch``: batches, stays, transfers, deaths and growth samples."""
