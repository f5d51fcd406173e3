"""The history of sensors: a version at installation, and one at each calibration.

Belongs here: rows of ``infrastructure_historicalsensor``. Does not belong here: when a sensor is calibrated
(``places.calibrations``).
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.records.infrastructure.places import calibrations, sensor_columns
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.users.people import staff
from aquamind_assets.tables.rows import Coded, Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, narrow_row_ids, number_within_day

_KINDS = ("+", "~")


def sensor_history(year: YearInputs) -> Iterator[Rows]:
    """Yield the versions of the year's days."""
    sensor, day, kind = _changes(year)
    frame = year.infrastructure.sensors.take(sensor)
    people = staff(year.scenario, year.infrastructure)
    yield rows(
        year.tables["infrastructure_historicalsensor"],
        sensor.size,
        **sensor_columns(year, frame, day),
        history_id=narrow_row_ids(day, number_within_day(day)),
        history_date=day * MICROSECONDS_PER_DAY + 8 * HOUR,
        history_change_reason=None,
        history_type=Coded(kind, _KINDS),
        history_user_id=people.operators(frame.container, day),
    )


def _changes(year: YearInputs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return sensor, day and kind (a position in ``_KINDS``) of each installation and calibration of the year, by
    day: from the last calibration backwards, as often as a year has room for."""
    installed = year.infrastructure.sensors.commissioned_day.astype(np.int64)
    before = np.full(1, year.days.end - 1)
    period = year.scenario.water.calibration_days
    found: list[tuple[np.ndarray, np.ndarray]] = []
    last, number = (one[:, 0] for one in calibrations(year.scenario, year.infrastructure, before))
    for back in range(len(year.days) // period + 2):
        chosen = np.flatnonzero((number - back >= 1) & (last - back * period >= year.days.first))
        found.append((chosen, last[chosen] - back * period))
    new = np.flatnonzero((installed >= year.days.first) & (installed < year.days.end))
    sensor = np.concatenate([new, *(chosen for chosen, _ in found)])
    day = np.concatenate([installed[new], *(days for _, days in found)])
    kind = np.concatenate([np.zeros(new.size, dtype=np.int64), np.ones(sensor.size - new.size, dtype=np.int64)])
    order = np.lexsort([sensor, kind, day])
    return sensor[order], day[order], kind[order]
