"""Law 1 over the tables: fish close, for every batch from its eggs on, and for every stay in a container.

Belongs here: the balance of fish as written: batches, assignments, transfers, deaths. Does not belong here: the
ledger's own (``laws_fish``).

AquaMind keeps the number of eggs in no column: the batch's note and the note of its first stays tell it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from aquamind_assets.laws.evidence import Evidence, dated, day_numbers, ids_of, integers
from aquamind_assets.laws.fish_in_ledger import deaths_of
from aquamind_assets.laws.result import LawResult, ResultBuilder, together
from aquamind_assets.timeline import day_of_id_sql, id_range, year_days

_EGGS = r"^([\d,]+) (?:external|own) eggs"
_STOCKED = r"^Stocked with ([\d,]+) fish"
_ACCOUNTS = {"batch_mortalityevent": "mortality events", "health_mortalityrecord": "mortality records"}


@dataclass(frozen=True)
class _Lives:
    """Batches alive in a year, all their stays, all their transfers. Days and ids are int64, -1 for NULL.

    ``batches``: id, number, start, end, eggs. ``stays``: id, batch, container, start, end, population, stocked.
    ``moved``: from_batch, to_batch, source, target, count, loss. What is known of a batch or a stay goes ``until`` that
    day; it is ``whole`` if all days up to it are in the database.
    """

    batches: pd.DataFrame
    stays: pd.DataFrame
    moved: pd.DataFrame


def fish_close(evidence: Evidence) -> LawResult:
    """Eggs = living + deaths + transfer losses + harvested, for every batch alive in the year; every stay closes; both
    accounts of deaths agree.

    Batches whose life lies in part in days that are not in the database are left out, and counted.
    """
    return together([_accounts_agree(evidence), _lives_close(evidence)])


def _accounts_agree(evidence: Evidence) -> LawResult:
    """Mortality events and mortality records tell of the same deaths, by batch and day of the year; and so does the
    ledger, where it is stored."""
    found, days = ResultBuilder(), evidence.days
    events, records = (_deaths_by_day(evidence, found, table) for table in _ACCOUNTS)
    for (batch, day), off in _differences(events, records):
        found.broken(
            1, f"batch {batch}, day {day % 1000} of {evidence.year}: {off:+,} deaths in the events against the records"
        )
    if evidence.ledger is None:
        found.note("the deaths of the ledger, which is not stored")
        return found.result()
    fish = evidence.ledger.container_days
    fish = fish.take(evidence.covered("mortality").holds(fish.day, fish.day))
    simulated = pd.Series(deaths_of(fish)).groupby(fish.batch_id).sum()
    for (batch,), off in _differences(events.groupby(level=0).sum(), simulated):
        found.broken(1, f"batch {batch}: {off:+,} deaths in {evidence.year} against the ledger")
    if not simulated.sum():
        found.nothing = f"no fish died from {dated(days.first)} to {dated(evidence.ledger.through)}, says the ledger"
    return found.result()


def _deaths_by_day(evidence: Evidence, found: ResultBuilder, table: str) -> pd.Series:
    """Deaths by (batch, day of the id)."""
    rows = evidence.frame(
        f"SELECT batch_id, {day_of_id_sql('id')} AS day, SUM(count) AS dead, COUNT(*) AS number FROM {table}"
        f" WHERE {ids_of(table, evidence.days.first, evidence.days.end - 1)} GROUP BY batch_id, {day_of_id_sql('id')}"
    )
    found.looked(_ACCOUNTS[table], int(rows["number"].sum()))
    return pd.Series(
        integers(rows["dead"]),
        index=pd.MultiIndex.from_arrays([integers(rows["batch_id"]), integers(rows["day"])]),
        dtype=np.int64,
    )


def _differences(one: pd.Series, other: pd.Series) -> list[tuple[tuple[int, ...], int]]:
    off = one.sub(other, fill_value=0)
    return [(key if isinstance(key, tuple) else (key,), int(amount)) for key, amount in off[off != 0].items()]


def _lives_close(evidence: Evidence) -> LawResult:
    found, lives = ResultBuilder(), _lives(evidence)
    if not len(lives.batches):
        found.nothing = f"no batch lived in {evidence.year}, says batch_batch"
        return found.result()
    found.leave_out(int((~lives.batches["whole"]).sum()), "batches that also live in days that are not in the database")
    _batches_close(found, evidence, lives)
    _stays_close(found, evidence, lives)
    return found.result()


def _lives(evidence: Evidence) -> _Lives:
    batches = _batches(evidence)
    if not len(batches):
        return _Lives(batches, batches, batches)
    ids = integers(batches["id"])
    of_batches = f"batch_id >= {ids.min()} AND batch_id <= {ids.max()}"
    stays = evidence.frame(
        "SELECT id, batch_id AS batch, container_id AS container, assignment_date, departure_date, population_count AS"
        f" population, notes FROM batch_batchcontainerassignment WHERE {of_batches}"
    )
    stays = stays[stays["batch"].isin(ids)].reset_index(drop=True)
    stays["start"], stays["end"] = day_numbers(stays["assignment_date"]), day_numbers(stays["departure_date"])
    stays["stocked"] = _told(stays["notes"], _STOCKED)
    moved = evidence.frame(
        "SELECT source_batch_id AS from_batch, destination_batch_id AS to_batch, source_assignment_id AS source,"
        " destination_assignment_id AS target, transferred_count AS count, mortality_count AS loss FROM"
        f" batch_batchtransfer WHERE id >= {ids.min()}"
    )
    moved = pd.DataFrame({name: integers(moved[name]) for name in moved.columns})
    for frame in (batches, stays):
        start = frame["start"].to_numpy()
        until = evidence.known_until("batches", start, frame["end"].to_numpy())
        frame["until"] = until
        frame["whole"] = np.logical_and.reduce(
            [evidence.covered(asset).holds(start, until) for asset in ("mortality", "transfers")]
        )
    return _Lives(batches, stays, moved)


def _batches(evidence: Evidence) -> pd.DataFrame:
    low = id_range(year_days(evidence.scenario.first_year))[0]
    high = id_range(evidence.days)[1]
    batches = evidence.frame(
        f"SELECT id, batch_number AS number, start_date, actual_end_date, notes FROM batch_batch WHERE id >= {low} AND"
        f" id < {high} AND (actual_end_date IS NULL OR actual_end_date >= '{dated(evidence.days.first)}')"
    )
    batches["start"], batches["end"] = day_numbers(batches["start_date"]), day_numbers(batches["actual_end_date"])
    batches["eggs"] = _told(batches["notes"], _EGGS)
    return batches


def _told(notes: pd.Series, pattern: str) -> np.ndarray:
    """The number that a note tells, 0 if it tells none."""
    return notes.astype("str").str.extract(pattern)[0].fillna("0").str.replace(",", "").astype(np.int64).to_numpy()


def _summed(amount: pd.Series, key: pd.Series, wanted: pd.Series) -> np.ndarray:
    """Sum of the amounts of each wanted key, int64."""
    return amount.groupby(key).sum().reindex(wanted, fill_value=0).to_numpy(dtype=np.int64)


def _batches_close(found: ResultBuilder, evidence: Evidence, lives: _Lives) -> None:
    batches, stays, moved = lives.batches, lives.stays, lives.moved
    low, high = int(batches["start"].min()), int(batches["until"].max())
    deaths = evidence.frame(
        "SELECT batch_id, SUM(count) AS dead FROM batch_mortalityevent WHERE"
        f" {ids_of('batch_mortalityevent', low, high)} GROUP BY batch_id"
    )
    wanted, harvest = batches["id"], moved["target"] < 0
    # A batch made of others takes over fish that leave them alive.
    other = ~harvest & (moved["to_batch"] != moved["from_batch"])
    came = batches["eggs"].to_numpy() + _summed(moved["count"][other], moved["to_batch"][other], wanted)
    parts = {
        "living": _summed(stays["population"], stays["batch"], wanted),
        "dead": _summed(pd.Series(integers(deaths["dead"])), deaths["batch_id"], wanted),
        "lost in transfers": _summed(moved["loss"], moved["from_batch"], wanted),
        "harvested": _summed(moved["count"][harvest], moved["from_batch"][harvest], wanted),
        "moved to other batches": _summed(moved["count"][other], moved["from_batch"][other], wanted),
    }
    whole = batches["whole"].to_numpy()
    found.looked("batches over their whole life", int(whole.sum()))

    def tell(i: int) -> str:
        said = ", ".join(f"{part[i]:,} {what}" for what, part in parts.items() if part[i])
        return f"batch {batches['number'].iloc[i]}: {came[i]:,} eggs, but {said}"

    found.each(whole & (came != sum(parts.values())), tell)


def _stays_close(found: ResultBuilder, evidence: Evidence, lives: _Lives) -> None:
    """What came into a container less what left it and died in it is its population; the stays of one batch in one
    container are taken together."""
    stays, moved = lives.stays, lives.moved
    came = _summed(moved["count"], moved["target"], stays["id"])
    stays = stays.assign(
        came=np.where(came > 0, came, stays["stocked"]),
        left=_summed(moved["count"] + moved["loss"], moved["source"], stays["id"]),
    )
    stays["touches"] = (stays["start"] < evidence.days.end) & (
        (stays["end"] < 0) | (stays["end"] >= evidence.days.first)
    )
    pairs = stays.groupby(["batch", "container"]).agg(
        start=("start", "min"),
        until=("until", "max"),
        came=("came", "sum"),
        left=("left", "sum"),
        population=("population", "sum"),
        whole=("whole", "all"),
        touches=("touches", "any"),
    )
    pairs = pairs[pairs["whole"] & pairs["touches"]]
    found.looked("stays in containers", len(pairs))
    if not len(pairs):
        return
    records = ids_of("health_mortalityrecord", int(pairs["start"].min()), int(pairs["until"].max()))
    deaths = evidence.frame(
        f"SELECT batch_id, container_id, SUM(count) AS dead FROM health_mortalityrecord WHERE {records} GROUP BY"
        " batch_id, container_id"
    )
    dead = pd.Series(
        integers(deaths["dead"]), index=pd.MultiIndex.from_frame(deaths[["batch_id", "container_id"]])
    ).reindex(pairs.index, fill_value=0)
    left = (pairs["came"] - pairs["left"] - dead).to_numpy(dtype=np.int64)
    counted = pairs["population"].to_numpy()
    found.each(
        left != counted,
        lambda i: (
            f"batch {pairs.index[i][0]} in container {pairs.index[i][1]}: {left[i]:,} fish by what happened,"
            f" {counted[i]:,} recorded"
        ),
    )
