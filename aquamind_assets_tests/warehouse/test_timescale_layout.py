"""What is decided of TimescaleDB without a server: windows, gaps, settings of its versions."""

import os

import psycopg
import pytest

from aquamind_assets.timeline import DayRange, chunks_of, merged, year_days
from aquamind_assets.warehouse.postgres.timescale.chunks import Chunk, gaps
from aquamind_assets.warehouse.postgres.timescale.extension import TimescaleVersion, installed_version
from aquamind_assets.warehouse.postgres.timescale.layout import compression_statements, windows_of
from aquamind_assets_tests.release_2025_08 import TABLES
from aquamind_assets_tests.warehouse.synthetic import READINGS

SERVER = os.environ.get("AQUAMIND_TEST_TIMESCALE_URL")
needs_server = pytest.mark.skipif(SERVER is None, reason="AQUAMIND_TEST_TIMESCALE_URL names no server with TimescaleDB")
INDEXES = 1 + len(TABLES[READINGS].indexes)
DAY = 86_400_000_000


def test_it_is_not_found_where_it_is_not(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert installed_version(connection) is None


def test_what_each_version_can_do() -> None:
    assert not TimescaleVersion(2, 20).attaches_chunks
    assert TimescaleVersion(2, 21).attaches_chunks
    assert TimescaleVersion(3, 0).attaches_chunks
    assert TimescaleVersion(2, 22).aggregates_by_trigger
    assert not TimescaleVersion(2, 23).aggregates_by_trigger


def test_compressed_rows_lie_in_order_of_sensor_and_time() -> None:
    settings, policy = compression_statements(TABLES[READINGS], TimescaleVersion(2, 22))
    assert "compress_segmentby = '', timescaledb.compress_orderby = '\"sensor_id\", \"reading_time\"'" in settings
    assert 'compress_index = \'bloom("batch_id"), bloom("container_id"), bloom("parameter_id")' in settings
    assert policy.startswith(
        "SELECT add_compression_policy('environmental_environmentalreading', compress_after => INTERVAL '60 days'"
    )
    weather = compression_statements(TABLES["environmental_weatherdata"], TimescaleVersion(2, 21))[0]
    assert weather.endswith('timescaledb.compress_orderby = \'"area_id", "timestamp"\')')


def test_days_are_merged_where_they_meet() -> None:
    assert merged([DayRange(30, 40), DayRange(0, 10), DayRange(10, 20), DayRange(15, 18)]) == [
        DayRange(0, 20),
        DayRange(30, 40),
    ]
    assert merged([]) == []


def test_a_window_is_thirty_days_of_readings_or_a_year_of_weather() -> None:
    chunk = chunks_of(2015)[2]
    assert windows_of(READINGS, DayRange(chunk.days.first + 3, chunk.days.first + 4)) == [chunk.days]
    assert windows_of("environmental_weatherdata", chunk.days) == [year_days(2015)]


def test_gaps_are_what_no_chunk_has() -> None:
    def chunk(start: int, end: int) -> Chunk:
        return Chunk("c", False, start * DAY, end * DAY)

    window = DayRange(10, 40)
    assert list(gaps(window, [])) == [(10 * DAY, 40 * DAY)]
    assert list(gaps(window, [chunk(38, 45), chunk(7, 14), chunk(20, 21), chunk(20, 21)])) == [
        (14 * DAY, 20 * DAY),
        (21 * DAY, 38 * DAY),
    ]
    assert list(gaps(window, [chunk(0, 50)])) == []
