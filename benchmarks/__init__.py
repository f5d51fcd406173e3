"""Measurements, each one command: ratios within one run on one machine, not timed tests."""
