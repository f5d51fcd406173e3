"""Parents of own eggs: breeding plans, parent fish and pairs.

Belongs here: rows of ``broodstock_breedingplan``, ``broodstock_broodstockfish`` and ``broodstock_breedingpair``. Does
not belong here: their eggs (``origins``), the tanks (``tanks``).

A geography has a plan for each year in which a batch begins with own eggs. On the day on which the eggs are laid in,
as many females are stripped as it takes, and the milt of a male is mixed with the eggs of a few of them. The fish are
killed afterwards and examined for diseases, as is usual.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aquamind_assets.records.broodstock.laid_eggs import LaidEggs, laid_eggs
from aquamind_assets.records.broodstock.tanks import FEMALES, MALES, tank_id
from aquamind_assets.records.harvest.harvests import apportioned
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.users.people import staff
from aquamind_assets.streams import stream
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, WIDE_DAY_ROWS, DayRange, row_ids, year_days

FEMALE_KG, MALE_KG, KG_SCATTER = 10.0, 9.0, 0.14
"""Median weights of parents, and the standard deviation of their logarithm (general knowledge)."""

EGGS_PER_KG, EGGS_SCATTER = 1_400.0, 0.12
"""Median eggs for each kilogram of a female, and the standard deviation of the logarithm (general knowledge: one to two
thousand)."""

FEMALES_OF_MALE = 4
"""Females whose eggs are mixed with the milt of one male (general knowledge)."""

MOST_PAIRS = 10_000
"""Pairs of a batch at most: numbers within a day are set aside for so many."""

OBJECTIVES = "Growth, late maturation, and resistance to lice and to diseases of the gills."

NUMBERED, STRIPPED, EXAMINED = 6 * HOUR, 7 * HOUR, 14 * HOUR
"""Hours at which parents get their numbers, at which they are stripped, and at which they are examined."""


@dataclass(frozen=True)
class Pairs:
    """The pairs of the batches of some days that begin with own eggs; arrays of shape (pairs,).

    Attributes:
        laid: the eggs of all batches of these days.
        batch: batch of each pair, a position in ``laid.batches``.
        number: number of the pair within its batch, from 0.
        eggs: eggs of each pair, int64; the sum over a batch is its ordered eggs.
        female_kg, male_kg: weights.
    """

    laid: LaidEggs
    batch: np.ndarray
    number: np.ndarray
    eggs: np.ndarray
    female_kg: np.ndarray
    male_kg: np.ndarray

    @property
    def day(self) -> np.ndarray:
        """The day on which each pair was stripped."""
        return self.laid.batches.start_day[self.batch].astype(np.int64)

    @property
    def ids(self) -> np.ndarray:
        """The id of each pair."""
        return row_ids(self.day, self.laid.batches.batch_id[self.batch] % WIDE_DAY_ROWS * MOST_PAIRS + self.number)

    @property
    def male(self) -> np.ndarray:
        """The number of the male of each pair within its batch, from 0."""
        return self.number // FEMALES_OF_MALE

    @property
    def own_batches(self) -> np.ndarray:
        """The batches that begin with own eggs, positions in ``laid.batches``."""
        return np.flatnonzero(~self.laid.batches.external_eggs)


def pairs_of(year: YearInputs, days: DayRange) -> Pairs:
    """Return the pairs of the batches that begin on these days with own eggs."""
    laid = laid_eggs(year, days)
    parts = [_drawn(year, laid, batch) for batch in np.flatnonzero(~laid.batches.external_eggs).tolist()]
    size = [eggs.size for eggs, _, _ in parts]
    none = [(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))]
    eggs, female, male = (np.concatenate(values) for values in zip(*(parts or none), strict=True))
    return Pairs(
        laid,
        np.repeat(np.flatnonzero(~laid.batches.external_eggs), size),
        np.concatenate([np.arange(one) for one in size] or [np.zeros(0, dtype=np.int64)]),
        eggs,
        female,
        male,
    )


def _drawn(year: YearInputs, laid: LaidEggs, batch: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return eggs, weight of the female and weight of the male of each pair of a batch."""
    ordered = int(laid.ordered[batch])
    count = max(1, min(MOST_PAIRS, -(-ordered // int(FEMALE_KG * EGGS_PER_KG))))
    normal = stream(year.scenario.seed, "broodstock", *laid.key(year, batch)).standard_normal((3, count))
    female, male = FEMALE_KG * np.exp(KG_SCATTER * normal[0]), MALE_KG * np.exp(KG_SCATTER * normal[1])
    eggs = apportioned(female * np.exp(EGGS_SCATTER * normal[2]), ordered)
    return eggs, female, male[np.arange(count) // FEMALES_OF_MALE]


def parents(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the plans that begin on these days, the parents, and the pairs."""
    pairs = pairs_of(year, days)
    yield _plans(year, pairs)
    yield _fish(year, pairs)
    yield _pairs(year, pairs)


def _first_batches(year: YearInputs) -> dict[int, tuple[int, int]]:
    """Return day and number of the first batch of the year with own eggs, by geography: its plan has that number."""
    laid = laid_eggs(year, year.days)
    first: dict[int, tuple[int, int]] = {}
    own = laid.batches.take(~laid.batches.external_eggs)
    for geography, day, one in zip(own.geography.tolist(), own.start_day.tolist(), own.batch_id.tolist(), strict=True):
        first.setdefault(geography, (day, one % WIDE_DAY_ROWS))
    return first


def _plan_ids(year: YearInputs, geography: np.ndarray) -> np.ndarray:
    first = _first_batches(year)
    known = np.array([first[one] for one in geography.tolist()], dtype=np.int64).reshape(-1, 2)
    return row_ids(known[:, 0], known[:, 1])


def _plans(year: YearInputs, pairs: Pairs) -> Rows:
    first = _first_batches(year)
    own = pairs.laid.batches.take(pairs.own_batches)
    new = own.take(
        np.array(
            [
                first[geography] == (day, one % WIDE_DAY_ROWS)
                for geography, day, one in zip(
                    own.geography.tolist(), own.start_day.tolist(), own.batch_id.tolist(), strict=True
                )
            ],
            dtype=bool,
        )
    )
    entered = new.start_day.astype(np.int64) * MICROSECONDS_PER_DAY + NUMBERED
    whole = year_days(year.year)
    names = year.infrastructure.geographies.name[new.geography]
    return rows(
        year.tables["broodstock_breedingplan"],
        len(new),
        id=_plan_ids(year, new.geography),
        name=[f"{name} {year.year}" for name in names],
        start_date=whole.instants[0],
        end_date=whole.instants[1] - HOUR,
        objectives=OBJECTIVES,
        created_at=entered,
        updated_at=entered,
        created_by_id=staff(year.scenario, year.infrastructure).managers(new.geography, new.batch_id),
    )


def _fish_ids(pairs: Pairs, sex: int, number: np.ndarray) -> np.ndarray:
    batch = pairs.laid.batches.batch_id[pairs.batch] % WIDE_DAY_ROWS
    return row_ids(pairs.day, (batch * 2 + sex) * MOST_PAIRS + number)


def _fish(year: YearInputs, pairs: Pairs) -> Rows:
    """Return the females and the males of the pairs."""
    with_male = np.flatnonzero(pairs.number % FEMALES_OF_MALE == 0)
    pair = np.concatenate([np.arange(pairs.number.size), with_male])
    sex = np.repeat([FEMALES, MALES], [pairs.number.size, with_male.size])
    ids = np.concatenate([_fish_ids(pairs, FEMALES, pairs.number), _fish_ids(pairs, MALES, pairs.male)[with_male]])
    weight = np.concatenate([pairs.female_kg, pairs.male_kg[with_male]])
    day = pairs.day[pair]
    traits = [
        json.dumps({"sex": ("female", "male")[one], "weight_kg": round(kilograms, 2)})
        for one, kilograms in zip(sex.tolist(), weight.tolist(), strict=True)
    ]
    return rows(
        year.tables["broodstock_broodstockfish"],
        pair.size,
        id=ids,
        traits=traits,
        health_status="deceased",
        created_at=day * MICROSECONDS_PER_DAY + NUMBERED,
        updated_at=day * MICROSECONDS_PER_DAY + EXAMINED,
        container_id=tank_id(year, pairs.laid.batches.station[pairs.batch][pair].astype(np.int64), sex),
    )


def _pairs(year: YearInputs, pairs: Pairs) -> Rows:
    stripped = pairs.day * MICROSECONDS_PER_DAY + STRIPPED
    return rows(
        year.tables["broodstock_breedingpair"],
        pairs.number.size,
        id=pairs.ids,
        pairing_date=stripped,
        progeny_count=pairs.eggs,
        created_at=stripped,
        updated_at=stripped,
        female_fish_id=_fish_ids(pairs, FEMALES, pairs.number),
        male_fish_id=_fish_ids(pairs, MALES, pairs.male),
        plan_id=_plan_ids(year, pairs.laid.batches.geography[pairs.batch]),
    )
