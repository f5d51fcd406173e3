"""How the hypertables are laid out that the platform makes: length of a chunk, order of compressed rows.

Chosen by measurement, of readings of the ``bakkafrost`` farm (8 a day from each sensor), with AquaMind's keys and
indexes on the table; bytes of a reading, and the server's processor time for compressing it:

| chunk | segment | order | bytes | µs |
|---|---|---|---|---|
| 10 days | sensor_id | reading_time | 21.2 | .6 |
| 10 days | none | sensor_id, reading_time | 12.8 | .7 |
| 30 days | none | sensor_id, reading_time | 10.3 | .7 |
| 30 days, no filters on several columns | none | sensor_id, reading_time | 6.5 | .6 |
| 30 days, no filters on several columns | none | reading_time, sensor_id | 5.8 | 2.4 |
| 30 days, no filters on several columns | none | parameter_id, sensor_id, reading_time | 6.2 | 1.7 |

A segment holds the rows of one sensor alone: 240 in thirty days, where a thousand fill a batch. TimescaleDB adds a
bloom filter for each index on several columns, a byte a reading each; where rows lie in order of sensor and time, the
limits of each batch say the same. Rows in order of time first are a little smaller, but the month of one sensor is then
in every batch.

Belongs here: hypertables of our own. Does not belong here: those that are there already; their settings are theirs.
"""

from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import DayRange, chunks_of, to_date, year_days
from aquamind_assets.warehouse.ddl import READINGS, quoted
from aquamind_assets.warehouse.postgres.timescale.extension import TimescaleVersion

COMPRESS_AFTER = "60 days"
"""Age at which TimescaleDB's own policy compresses what users add: later than any correction of a reading."""


def windows_of(table: str, days: DayRange) -> list[DayRange]:
    """The days of each chunk of a hypertable that ``days``, of one calendar year, reach into: thirty days of readings,
    a year of anything else, which has a hundredth of their rows."""
    year = to_date(days.first).year
    if table != READINGS:
        return [year_days(year)]
    return [chunk.days for chunk in chunks_of(year) if chunk.days.first < days.end and chunk.days.end > days.first]


def compression_statements(table: TableSpec, version: TimescaleVersion) -> list[str]:
    """Let a hypertable of our own be compressed, and the policy for what comes later."""
    place = next(name for name in table.timescaledb_primary_key if name != table.time_column)
    settings = {
        "compress_segmentby": "",
        "compress_orderby": f"{quoted(place)}, {quoted(str(table.time_column))}",
    }
    filtered = [column.name for column in table.foreign_keys if column.name != place]
    if filtered and version.chooses_sparse_indexes:
        settings["compress_index"] = ", ".join(f"bloom({quoted(name)})" for name in filtered)
    chosen = "".join(f", timescaledb.{name} = '{value}'" for name, value in settings.items())
    return [
        f"ALTER TABLE {quoted(table.name)} SET (timescaledb.compress{chosen})",
        (
            f"SELECT add_compression_policy('{table.name}', compress_after => INTERVAL '{COMPRESS_AFTER}',"
            " if_not_exists => true)"
        ),
    ]
