"""The warehouse on a PostgreSQL server, with TimescaleDB where it is installed."""
