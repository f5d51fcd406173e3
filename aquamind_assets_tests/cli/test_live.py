"""``aquamind live``: up to some hours of a day, at a pace, again, and what it refuses."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from aquamind_assets_tests.cli.typed import in_process
from aquamind_assets_tests.mqtt.served import Listener, Served, free_port

TINY = ("--preset", "tiny")


def readings(place: Path, name: str = "aquamind.db") -> tuple[str, int]:
    """Latest reading of the database, and how many instants have any on its day."""
    with closing(sqlite3.connect(place / "data" / name)) as database:
        last, day = database.execute(
            "SELECT max(reading_time), substr(max(reading_time), 1, 10) FROM environmental_environmentalreading"
        ).fetchone()
        instants = database.execute(
            "SELECT count(DISTINCT reading_time) FROM environmental_environmentalreading WHERE reading_time >= ?",
            (day,),
        ).fetchone()[0]
    return last[:16], instants


def test_live_goes_on_from_where_it_is(tmp_path: Path) -> None:
    """Hours of a day; then, at a pace, two days more, from wherever the database is."""
    aquamind = in_process(tmp_path)
    shown = aquamind("live", "--until", "2015-01-05T10:30", *TINY).stdout
    assert "2015-01-05 09:00 UTC" in shown
    assert readings(tmp_path) == ("2015-01-05 06:00", 3)
    shown = aquamind("live", "--speed", "1e9", "--from", "2015-01-04", "--until", "2015-01-06T03:00", *TINY).stdout
    assert "2015-01-06 00:00 UTC  day closed" in shown
    assert readings(tmp_path) == ("2015-01-06 00:00", 1)
    aquamind("verify", "--database", "sqlite:///data/aquamind.db", *TINY)


@pytest.mark.slow
def test_live_stops_where_it_is_though_the_ledger_of_another_database_reaches_further(tmp_path: Path) -> None:
    aquamind = in_process(tmp_path)
    aquamind("live", "--until", "2015-01-08", *TINY)
    second = ("--database", "sqlite:///data/second.db", *TINY)
    aquamind("live", "--speed", "1e9", "--from", "2015-01-04", "--until", "2015-01-05T03:00", *second)
    assert readings(tmp_path, "second.db") == ("2015-01-05 00:00", 1)
    aquamind("verify", *second)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--until", "soon"), "write a moment as in"),
        (("--until", "2999-01-01"), "--until 2999-01-01: it is"),
        (("--until", "2014-12-31T12:00"), "the scenario has the years 2015 to 2024"),
        (("--until", "2015-01-03", "--from", "2015-01-04"), "allowed are 2015-01-01 to 2015-01-03"),
        (("--until", "2015-01-03", "--from", "today"), "write a date as in"),
        (("--speed", "0.5"), "greater than or equal to 1"),
    ],
)
def test_moments_that_cannot_be_are_refused(tmp_path: Path, words: tuple[str, ...], reason: str) -> None:
    assert reason in in_process(tmp_path)("live", *words, *TINY, expect=2, columns=200).stderr
    assert not (tmp_path / "data" / "aquamind.db").exists()


@pytest.mark.slow
def test_live_publishes_what_it_commits(tmp_path: Path) -> None:
    aquamind = in_process(tmp_path)
    with Served() as served:
        listener = Listener(served)
        shown = aquamind("live", "--until", "2015-01-05T10:30", "--mqtt", served.url, *TINY).stdout
        aquamind("live", "--until", "2015-01-05T13:30", *TINY, AQUAMIND_MQTT=served.url)
        with closing(sqlite3.connect(tmp_path / "data" / "aquamind.db")) as database:
            rows = database.execute(
                "SELECT id, value FROM environmental_environmentalreading WHERE reading_time >= '2015-01-05'"
            ).fetchall()
        listener.wait_for({number for number, _ in rows})
        assert sorted((content["id"], content["value"]) for _, content in listener.received) == sorted(rows)
        listener.close()
    assert f"Readings are published to mqtt://127.0.0.1:{served.port}/farm" in shown
    assert "se%40cret" not in shown + "".join(log.read_text() for log in (tmp_path / "home" / "logs").iterdir())


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://anna:secret@broker", "MQTT broker 'http://anna:***@broker': it is of no known kind; allowed are mqtt"),
        ("mqtt://anna:secret@broker:0", "MQTT broker 'mqtt://anna:***@broker:0': its port is not one of 1 to 65535"),
        ("mqtt://anna:secret@broker/#", "MQTT broker 'mqtt://anna:***@broker/#': there are no options"),
    ],
)
def test_brokers_that_cannot_be_are_refused(tmp_path: Path, url: str, reason: str) -> None:
    refused = in_process(tmp_path)("live", "--until", "2015-01-05", "--mqtt", url, *TINY, expect=2, columns=300)
    assert reason in refused.stderr
    assert "secret" not in refused.stdout + refused.stderr
    assert not (tmp_path / "data").exists()


def test_nothing_is_written_where_the_broker_is_away_from_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aquamind_assets.pipeline.published.ATTEMPTS", 2)
    url = f"mqtt://anna:secret@127.0.0.1:{free_port()}"
    ended = in_process(tmp_path)("live", "--until", "2015-01-05", "--mqtt", url, *TINY, expect=2, columns=300)
    assert "cannot be reached" in ended.stdout
    assert "attempt 1 of 2" in ended.stdout
    assert "(tried 2 times)" in ended.stderr
    assert "secret" not in ended.stdout + ended.stderr
    assert not (tmp_path / "data" / "aquamind.db").exists()
