"""Readings and weather on TimescaleDB: hypertables, whose chunks are built, compressed and dropped.

Detected, never assumed. AquaMind's primary keys there are (reading_time, sensor_id) and (timestamp, area_id).

Belongs here: everything that only a hypertable needs. Does not belong here: the bytes of rows (``encode``), tables
without TimescaleDB (``reading_partitions``).
"""
