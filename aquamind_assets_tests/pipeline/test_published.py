"""Readings at an MQTT broker: those of the database, whoever is killed in between."""

import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from aquamind_assets.mqtt.broker import Broker, BrokerUnavailable
from aquamind_assets.mqtt.url import BrokerUrl
from aquamind_assets.pipeline import published as published_module
from aquamind_assets.pipeline.live import LiveFarm, Moment, Step, replay
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.published import PublishedDamaged, PublishedReadings
from aquamind_assets.timeline import DayRange, day_number, days_of_ids, id_range, to_date
from aquamind_assets_tests.mqtt.served import Listener, Served
from aquamind_assets_tests.pipeline.test_live import END, START, begun, plain, platform_of, sqlite

__all__ = ["begun"]

FIRST, LAST = day_number(START), day_number(END)
COLUMNS = ("id", "reading_time", "value", "sensor_id", "parameter_id", "container_id", "batch_id")


@pytest.fixture
def served() -> Iterator[Served]:
    with Served() as served:
        yield served


def to(served: Served, platform: Platform) -> PublishedReadings:
    return PublishedReadings(platform, Broker(BrokerUrl.parse(served.url)))


def stored(platform: Platform, first: int, end: int) -> dict[int, dict[str, object]]:
    """The readings of these days as the database has them, as messages say them."""
    low, high = id_range(DayRange(first, first + 1))[0], id_range(DayRange(end - 1, end))[1]
    with platform.read() as warehouse:
        rows = warehouse.frame(
            f"SELECT {', '.join(f'r.{name}' for name in COLUMNS)}, p.name AS parameter, p.unit FROM"
            " environmental_environmentalreading r JOIN environmental_environmentalparameter p ON p.id ="
            f" r.parameter_id WHERE r.id >= {low} AND r.id < {high}"
        ).to_dict("records")
    for row in rows:
        row["reading_time"] = row["reading_time"].replace(" ", "T") + "Z"
        row["batch_id"] = None if row["batch_id"] != row["batch_id"] else row["batch_id"]
    return {row["id"]: row for row in rows}


def assert_complete(received: list[tuple[str, dict]], expected: dict[int, dict[str, object]]) -> None:
    """Every row is there, and nothing else; the first arrivals of each sensor are in the order of time."""
    times: dict[tuple[str, int], list[str]] = defaultdict(list)
    seen: dict[int, dict] = {}
    for topic, content in received:
        if content["id"] not in seen:
            times[topic, content["sensor_id"]].append(content["reading_time"])
        seen[content["id"]] = {name: content[name] for name in (*COLUMNS, "parameter", "unit")}
    assert seen == expected
    assert all(one == sorted(one) for one in times.values())
    assert len({topic for topic, _ in times}) == len(times), "a topic is one sensor's"
    assert all(topic.startswith("farm/") and topic.count("/") == 4 for topic, _ in times)


def test_what_arrives_are_the_rows_of_the_database(begun: Platform, served: Served) -> None:
    """Hours of two days, then whole days, in each kind of database."""
    listener, two_days = Listener(served), Moment(FIRST + 2, 3)
    with to(served, begun) as published:
        published.begin(Moment(FIRST, 0))
        replay(LiveFarm(begun), Moment(FIRST, 0), two_days, 1e9, lambda step: published.publish_until(step.moment))
    listener.wait_for(set(stored(begun, FIRST, FIRST + 3)))
    until_then = len(listener.received)
    with to(served, begun) as published:
        published.begin(Moment(FIRST + 2, 0))
        replay(
            LiveFarm(begun),
            Moment(FIRST + 2, 0),
            Moment(FIRST + 4, 0),
            None,
            lambda step: published.publish_until(step.moment),
        )
    expected = stored(begun, FIRST, FIRST + 4)
    listener.wait_for(set(expected))
    assert until_then < len(listener.received) == len(expected), "nothing is sent twice without need"
    assert_complete(listener.received, expected)
    listener.close()


def test_readings_that_come_in_the_evening_are_published_too(tmp_path: Path, served: Served) -> None:
    """Readings of fish that arrived on the day, which the fifth of January is in `tiny`."""
    fourth = day_number(date(2015, 1, 4))
    plain(tmp_path, sqlite(tmp_path), to_date(fourth))
    platform, listener = platform_of(tmp_path, sqlite(tmp_path)), Listener(served)
    by_the_hour = 0

    def publish(step: Step) -> None:
        nonlocal by_the_hour
        by_the_hour += step.new_readings
        published.publish_until(step.moment)

    with to(served, platform) as published:
        published.begin(Moment(fourth, 0))
        replay(LiveFarm(platform), Moment(fourth, 0), Moment(fourth + 2, 0), 1e9, publish)
    expected = stored(platform, fourth, fourth + 2)
    arrived = [row for row in expected.values() if days_of_ids(row["batch_id"] or 0) == days_of_ids(row["id"])]
    assert arrived
    assert by_the_hour < len(expected) * 7 // 8
    listener.wait_for(set(expected))
    assert_complete(listener.received, expected)
    listener.close()


def test_a_broker_killed_and_started_again_gets_everything(tmp_path: Path, served: Served) -> None:
    plain(tmp_path, sqlite(tmp_path), START)
    platform, listeners, reasons = platform_of(tmp_path, sqlite(tmp_path)), [Listener(served)], []
    acknowledged: set[int] = set()

    def start_again(reason: str) -> None:
        reasons.append(reason)
        served.start_again()
        listeners.append(Listener(served))

    def publish(step: Step) -> None:
        nonlocal acknowledged
        if step.moment.slots == 4:
            # What it has not delivered yet dies with it.
            listeners[-1].wait_for(acknowledged - {number for one in listeners[:-1] for number in one.ids})
            served.kill()
        published.publish_until(step.moment)
        acknowledged = set(stored(platform, FIRST, step.moment.day + 1))

    published = PublishedReadings(platform, Broker(BrokerUrl.parse(served.url)), start_again)
    with published:
        published.begin(Moment(FIRST, 0))
        replay(LiveFarm(platform), Moment(FIRST, 0), Moment(FIRST + 1, 4), 1e9, publish)
    expected = stored(platform, FIRST, FIRST + 2)
    assert acknowledged == set(expected)
    assert len(listeners) == len(reasons) + 1 == 3
    listeners[-1].wait_for(acknowledged - {number for one in listeners[:-1] for number in one.ids})
    assert_complete([message for one in listeners for message in one.received], expected)
    for one in listeners:
        one.close()


def test_a_broker_that_stays_away_ends_the_command_and_the_next_one_publishes_all(
    tmp_path: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published_module, "ATTEMPTS", 2)
    plain(tmp_path, sqlite(tmp_path), START)
    platform = platform_of(tmp_path, sqlite(tmp_path))
    with to(served, platform) as published:
        published.begin(Moment(FIRST, 0))
        served.kill()
        with pytest.raises(BrokerUnavailable, match=r"tried 2 times.* the same command runs again"):
            replay(
                LiveFarm(platform),
                Moment(FIRST, 0),
                Moment(FIRST, 3),
                1e9,
                lambda step: published.publish_until(step.moment),
            )
    plain(tmp_path, sqlite(tmp_path), END)
    served.start_again()
    listener = Listener(served)
    with to(served, platform) as published:
        published.begin(Moment(LAST, 0))
    expected = stored(platform, FIRST, LAST)
    listener.wait_for(set(expected))
    assert_complete(listener.received, expected)
    listener.close()


def test_a_database_that_was_made_anew_is_published_from_the_first_day(tmp_path: Path, served: Served) -> None:
    plain(tmp_path, sqlite(tmp_path), END)
    with to(served, platform_of(tmp_path, sqlite(tmp_path))) as published:
        published.begin(Moment(LAST, 0))
    Path(tmp_path / "aquamind.db").unlink()
    plain(tmp_path, sqlite(tmp_path), START)
    platform, listener = platform_of(tmp_path, sqlite(tmp_path)), Listener(served)
    with to(served, platform) as published:
        published.begin(Moment(FIRST - 2, 0))
        published.publish_until(Moment(FIRST, 0))
    expected = stored(platform, FIRST - 2, FIRST)
    listener.wait_for(set(expected))
    assert_complete(listener.received, expected)
    listener.close()


@pytest.mark.parametrize(
    "content", ["", "{}", '{"published_until": "soon"}', '{"published_until": "2015-01-01"}', "[]"]
)
def test_a_damaged_file_is_named(tmp_path: Path, served: Served, content: str) -> None:
    plain(tmp_path, sqlite(tmp_path), START)
    platform = platform_of(tmp_path, sqlite(tmp_path))
    with to(served, platform) as published:
        published.begin(Moment(FIRST, 0))
        kept = next((tmp_path / "ledger").glob("published-*.json"))
        assert "se%40cret" not in kept.read_text()
        kept.write_text(content)
        with pytest.raises(PublishedDamaged, match=rf"{kept.name} is damaged: .* delete it"):
            published.begin(Moment(FIRST, 0))


KILLED = """
import sys
from pathlib import Path
from aquamind_assets.mqtt.broker import Broker
from aquamind_assets.mqtt.url import BrokerUrl
from aquamind_assets.pipeline.live import LiveFarm, Moment, reached, replay
from aquamind_assets.pipeline.published import PublishedReadings
from aquamind_assets_tests.pipeline.test_published import FIRST, platform_of
platform = platform_of(Path(sys.argv[1]), sys.argv[2])
with platform.read() as warehouse:
    start = Moment(max(FIRST, reached(warehouse, platform) + 1), 0)
with PublishedReadings(platform, Broker(BrokerUrl.parse(sys.argv[3]))) as published:
    LiveFarm(platform).close(start.day - 1)
    published.begin(start)
    def publish(step):
        print(step, flush=True)
        sys.stdin.readline()
        published.publish_until(step.moment)
    replay(LiveFarm(platform), start, Moment(FIRST + 2, 0), 1e9, publish)
    print("done", flush=True)
"""


@pytest.mark.slow
def test_everything_arrives_though_the_publisher_is_killed_twice(tmp_path: Path, served: Served) -> None:
    """Killed after a step is committed, and while it is published; a step waits for a line, so that the machine's load
    decides nothing."""
    plain(tmp_path, sqlite(tmp_path), START)
    platform, listener = platform_of(tmp_path, sqlite(tmp_path)), Listener(served)
    for steps, publishes in ((3, False), (12, True)):
        process = started(tmp_path, served)
        assert process.stdin is not None
        assert process.stdout is not None
        for step in range(1, steps + 1):
            assert process.stdout.readline()
            if step < steps or publishes:
                process.stdin.write("\n")
                process.stdin.flush()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    ended, errors = started(tmp_path, served).communicate("\n" * 100)
    assert ended.endswith("done\n"), errors
    expected = stored(platform, FIRST, FIRST + 2)
    listener.wait_for(set(expected))
    assert_complete(listener.received, expected)
    listener.close()


def started(folder: Path, served: Served) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder), sqlite(folder), served.url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
