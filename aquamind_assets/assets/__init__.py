"""The Dagster floor: one thin module for each domain. Belongs here: keys, partitions, metadata. Does not belong here: the work."""
