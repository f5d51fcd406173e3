"""Batches: when they start, what is planned for them, and how far ahead containers are booked."""
