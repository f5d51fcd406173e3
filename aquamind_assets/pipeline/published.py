"""Readings of the running year, sent to an MQTT broker once they are committed.

A step is published after its rows are committed, from the rows that the database has. Beside the ledgers a file keeps
the moment up to which everything is acknowledged. It moves on only when the broker has acknowledged a step, so a kill
or a broker that is away repeats readings at most, and the next step or command begins where the acknowledged ones end.
So every reading from the first published day on is sent at least once, and the readings of a sensor in the order of
time, repetitions aside.

Belongs here: which readings are due, their topics and payloads, another try, what is kept of it. Does not belong here:
the connection (``mqtt``), writing readings (``live``).
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Self

import numpy as np
import pandas as pd
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from aquamind_assets.durable_files import LEDGERS, make_folders, open_place, replace_file, usable
from aquamind_assets.errors import UserError
from aquamind_assets.mqtt.broker import Broker, BrokerUnavailable, Message
from aquamind_assets.mqtt.url import level
from aquamind_assets.pipeline.live import OLDER_THAN_THE_DAY, READINGS, Moment, reached
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.timeline import DayRange, days_of_ids, id_range, to_date
from aquamind_assets.warehouse.checkpoints import DAY_UNDER_WAY
from aquamind_assets.warehouse.ddl import text_literal
from aquamind_assets.warehouse.errors import NothingMaterialized
from aquamind_assets.warehouse.portable_text import texts
from aquamind_assets.warehouse.warehouse import Warehouse

BATCH = 1000
"""Messages that are sent before the first acknowledgement is waited for; far fewer than MQTT has numbers for."""

ATTEMPTS = 7
LONGEST_WAIT_S = 32.0
"""An attempt waits 1, 2, 4, ... seconds for the next one, about a minute in all."""

OUTSIDE = "cages"
"""Level of the topic in place of a hall, for what stands in no hall."""

_TABLE = "environmental_environmentalreading"
_NAP_S = 0.2
"""An interrupt is seen after so long at most."""

_log = logging.getLogger(__name__)

_SENSORS = f"""
SELECT s.id, COALESCE(a.name, f.name) AS site, COALESCE(h.name, '{OUTSIDE}') AS hall, c.name AS container, s.name
FROM infrastructure_sensor s
JOIN infrastructure_container c ON c.id = s.container_id
LEFT JOIN infrastructure_area a ON a.id = c.area_id
LEFT JOIN infrastructure_hall h ON h.id = c.hall_id
LEFT JOIN infrastructure_freshwaterstation f ON f.id = h.freshwater_station_id
"""


class PublishedDamaged(UserError):
    """The file that keeps what is published cannot be read."""


class PublishedReadings:
    """The readings that a broker has from a database, and those that are due."""

    def __init__(
        self, platform: Platform, broker: Broker, on_retry: Callable[[str], None] = lambda reason: None
    ) -> None:
        """Send nothing yet.

        Args:
            platform: whose database.
            broker: where to.
            on_retry: called with the reason before each wait for another try.
        """
        self.platform = platform
        self.broker = broker
        self._on_retry = on_retry
        self._until: Moment | None = None
        self._topics: dict[int, str] = {}
        self._parameters: dict[int, tuple[str, str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.broker.close()

    def connect(self) -> None:
        """Connect to the broker, so that a wrong password is known before anything is written.

        Raises:
            BrokerRefused: it refuses the user.
            BrokerUnavailable: it could not be reached, several times.
            Interrupted: a person asked to stop.
        """
        self._tried(self.broker.connect)

    def begin(self, start: Moment) -> None:
        """Publish what was committed and not published, up to ``start``; from ``start`` on where nothing was published
        from this database to this broker, or where the database was cleared since.

        Raises:
            PublishedDamaged: the file that keeps what is published cannot be read.
            BrokerRefused, BrokerUnavailable, Interrupted: as :meth:`connect`.
        """
        kept, end = self._kept(), self._end()
        if kept is None or end is None or kept > end:
            self._keep(start)
        else:
            self._until = kept
        self.publish_until(start)

    def publish_until(self, moment: Moment) -> None:
        """Publish the readings before a moment that are not published yet; all of them are committed.

        Raises:
            BrokerRefused, BrokerUnavailable, Interrupted: as :meth:`connect`.
        """
        assert self._until is not None, "begin() comes first"
        if self._until >= moment:
            return
        with self.platform.read() as warehouse:
            while self._until < moment:
                following = min(Moment(self._until.day + 1, 0), moment)
                self._send(warehouse, self._due(warehouse, self._until, following))
                self._keep(following)

    def _due(self, warehouse: Warehouse, after: Moment, until: Moment) -> pd.DataFrame:
        """The readings of a day between two moments, in the order of time; at the end of the day also those that were
        not there before."""
        spec = warehouse.tables[_TABLE]
        day, per_day = after.day, self.platform.scenario.water.readings_per_day
        low, high = id_range(DayRange(day, day + 1), narrow=spec.narrow_id)
        instants = np.array([moment.instant(per_day) for moment in (after, until)])
        start, end = map(text_literal, texts("timestamptz", instants))
        references = [name for name in spec.column_names if name.endswith("_id")]
        which = f"id >= {low} AND id < {high}"
        if until.day == day:
            which += f" AND reading_time >= {start} AND reading_time < {end}"
        columns = ", ".join(["id", "value", "reading_time", *references])
        rows = warehouse.frame(
            f"SELECT {columns} FROM {_TABLE} WHERE {which} ORDER BY reading_time, id", dates=["reading_time"]
        )
        if until.day == day:
            return rows
        late = rows["reading_time"] >= pd.Timestamp(after.instant(per_day), unit="us")
        for name in set(OLDER_THAN_THE_DAY) & set(references):
            ids = rows[name].fillna(0).to_numpy(np.int64)
            late |= days_of_ids(ids, narrow=spec.by_name[name].holds_narrow_ids) >= day
        return rows[late]

    def _send(self, warehouse: Warehouse, rows: pd.DataFrame) -> None:
        if not set(rows["sensor_id"]) <= self._topics.keys():
            self._read_names(warehouse)
        references = [name for name in rows.columns if name.endswith("_id")]
        for first in range(0, len(rows), BATCH):
            some = rows.iloc[first : first + BATCH]
            messages = [self._message(row, references) for row in some.to_dict("records")]
            self._tried(partial(self.broker.publish, messages))

    def _message(self, row: dict[str, Any], references: Sequence[str]) -> Message:
        parameter, unit = self._parameters[int(row["parameter_id"])]
        content = {
            "id": int(row["id"]),
            "reading_time": f"{row['reading_time'].isoformat()}Z",
            "parameter": parameter,
            "value": float(row["value"]),
            "unit": unit,
            **{name: None if pd.isna(row[name]) else int(row[name]) for name in references},
        }
        text = json.dumps(content, ensure_ascii=False)
        return Message(self._topics[int(row["sensor_id"])], text.encode("utf-8"))

    def _read_names(self, warehouse: Warehouse) -> None:
        prefix = self.broker.url.prefix
        self._topics = {sensor: "/".join([prefix, *map(level, names)]) for sensor, *names in warehouse.query(_SENSORS)}
        parameters = warehouse.query("SELECT id, name, unit FROM environmental_environmentalparameter")
        self._parameters = {number: (name, unit) for number, name, unit in parameters}

    def _tried(self, act: Callable[[], None]) -> None:
        """Do something at the broker, again after a while where it is away."""
        attempts = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential(max=LONGEST_WAIT_S),
            retry=retry_if_exception_type(BrokerUnavailable),
            before_sleep=self._report,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            attempts(act)
        except BrokerUnavailable as error:
            raise BrokerUnavailable(
                f"{error} (tried {ATTEMPTS} times); what is committed and not published yet is published when the same"
                " command runs again"
            ) from None

    def _report(self, state: RetryCallState) -> None:
        error = state.outcome and state.outcome.exception()
        reason = f"{error}; attempt {state.attempt_number} of {ATTEMPTS}"
        _log.warning("%s", reason)
        self._on_retry(reason)

    def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.platform.progress.raise_if_interrupted("the wait for the MQTT broker")
            time.sleep(min(left, _NAP_S))

    def _end(self) -> Moment | None:
        """A moment after which the database has no readings; None where it has nothing from this scenario."""
        try:
            with self.platform.read() as warehouse:
                last = reached(warehouse, self.platform)
                if last is None:
                    return None
                of_year = warehouse.checkpoints(READINGS, to_date(last + 1).year)
        except NothingMaterialized:
            return None
        under_way = any(one.chunk == DAY_UNDER_WAY and one.first_day == last + 1 for one in of_year)
        return Moment(last + 1 + under_way, 0)

    @property
    def _file(self) -> str:
        key = f"{self.platform.settings.database_url.identity} {self.broker.url.identity}"
        return f"published-{hashlib.blake2b(key.encode(), digest_size=8).hexdigest()}.json"

    def _kept(self) -> Moment | None:
        """The moment up to which everything is published, as kept beside the ledgers."""
        ledger = self.platform.settings.ledger
        place = open_place(LEDGERS, ledger) / self._file
        try:
            with usable(LEDGERS, ledger):
                if not place.exists():
                    return None
                instant = datetime.fromisoformat(json.loads(place.read_text("utf-8"))["published_until"])
            microseconds = (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        except (ValueError, KeyError, TypeError):
            raise PublishedDamaged(
                f"{place} is damaged: it holds the moment up to which readings are published, as in"
                ' {"published_until": "2016-03-01T09:00:00+00:00"}; delete it to publish from the first day of the'
                " next `aquamind live --mqtt` on"
            ) from None
        return Moment.at(microseconds, self.platform.scenario.water.readings_per_day)

    def _keep(self, moment: Moment) -> None:
        instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            microseconds=moment.instant(self.platform.scenario.water.readings_per_day)
        )
        content = {
            "database": self.platform.settings.database_url.identity,
            "broker": self.broker.url.identity,
            "published_until": instant.isoformat(),
        }
        ledger = self.platform.settings.ledger
        place = open_place(LEDGERS, ledger)
        with usable(LEDGERS, ledger):
            make_folders(place)
            replace_file(place / self._file, json.dumps(content, indent=1))
        self._until = moment
