"""Rows of AquaMind's app ``health``: lice counts, samplings, laboratory samples, treatments, mortality, the journal."""
