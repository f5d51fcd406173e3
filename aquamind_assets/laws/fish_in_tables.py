"""Law 1 over the tables: fish balance of every batch from its eggs on, and of every stay in a container.

Belongs here: the balance of written fish: batches, assignments, transfers, deaths. Does not belong here: the balance of
the ledger (``fish_in_ledger``).

AquaMind has no column for the number of eggs. It is in the note of the batch and in the note of its first stays. Fish
that are brought into the sea count like eggs.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from aquamind_assets.laws.evidence import Evidence, day_numbers, format_day, id_condition, integers
from aquamind_assets.laws.moved_fish import DEATHS_WITH_LOSSES, moves_sql
from aquamind_assets.laws.result import LawResult, ResultBuilder, combine
from aquamind_assets.records.batch.collection import collected_deaths
from aquamind_assets.records.batch.notes import EGGS, STOCKED
from aquamind_assets.timeline import LAST_ID_YEAR, day_of_id_sql, days_of_ids, id_range, narrowed, year_days

LAST_DAY = year_days(LAST_ID_YEAR).end - 1
"""The last day of which a row can be."""

_ACCOUNTS = {"batch_mortalityevent": "mortality events", "health_mortalityrecord": "mortality records"}


@dataclass(frozen=True)
class _Lives:
    """Batches alive in a year, all their stays, all their transfers. Days and ids are int64, -1 for NULL.

    ``batches``: id, number, start, end, eggs. ``stays``: id, batch, container, start, end, population, stocked.
    ``moved``: from_batch, to_batch, source, target, count, loss. Batches and stays have two more columns: ``until``,
    the last day that their rows cover, and ``whole``, whether all days up to it are in the database.
    """

    batches: pd.DataFrame
    stays: pd.DataFrame
    moved: pd.DataFrame


def judge_fish_balance(evidence: Evidence) -> LawResult:
    """Check that eggs = living + deaths + transfer losses + harvested for every batch alive in the year, that every
    stay balances, and that mortality events and mortality records agree.

    Batches that also live on days that are not in the database are skipped and counted.
    """
    return combine([_check_deaths(evidence), _check_lives(evidence)])


def _check_deaths(evidence: Evidence) -> LawResult:
    """Check that mortality events and mortality records have the same deaths, by batch and day of the year, and that
    the ledger, if it is stored, has them too."""
    found, days = ResultBuilder(), evidence.days
    events, records = (_deaths_by_day(evidence, found, table) for table in _ACCOUNTS)
    for (batch, day), off in _differences(events, records):
        found.add_violations(
            1,
            f"batch {batch}, day {day % 1000} of {evidence.year}: {off:+,} deaths in the mortality events compared with"
            " the mortality records",
        )
    if evidence.ledger is None:
        found.note_not_checked(f"the deaths in the ledger of {evidence.year}, which is not stored")
        return found.result()
    fish, by_cause = collected_deaths(evidence.ledger.container_days, days)
    written = evidence.written_days("mortality").holds(fish.day, fish.day)
    dead = by_cause.sum(axis=1)
    if evidence.release in DEATHS_WITH_LOSSES:
        dead = dead + fish.transfer_loss
    owner = narrowed(fish.batch_id) if evidence.tables["batch_batch"].narrow_id else fish.batch_id
    simulated = pd.Series(dead[written]).groupby(owner[written]).sum()
    for (batch,), off in _differences(events.groupby(level=0).sum(), simulated):
        found.add_violations(1, f"batch {batch}: {off:+,} deaths in {evidence.year} compared with the ledger")
    if not simulated.sum():
        found.empty_reason = (
            f"the ledger has no deaths from {format_day(days.first)} to {format_day(evidence.ledger.through)}"
        )
    return found.result()


def _deaths_by_day(evidence: Evidence, found: ResultBuilder, table: str) -> pd.Series:
    """Return the deaths by (batch, day of the id)."""
    of_year = id_condition(evidence.tables[table], evidence.days.first, evidence.days.end - 1)
    rows = evidence.frame(
        f"SELECT batch_id, {day_of_id_sql('id')} AS day, SUM(count) AS dead, COUNT(*) AS number FROM {table} WHERE"
        f" {of_year} GROUP BY batch_id, {day_of_id_sql('id')}"
    )
    found.count_checked(_ACCOUNTS[table], int(rows["number"].sum()))
    return pd.Series(
        integers(rows["dead"]),
        index=pd.MultiIndex.from_arrays([integers(rows["batch_id"]), integers(rows["day"])]),
        dtype=np.int64,
    )


def _differences(one: pd.Series, other: pd.Series) -> list[tuple[tuple[int, ...], int]]:
    off = one.sub(other, fill_value=0)
    return [(key if isinstance(key, tuple) else (key,), int(amount)) for key, amount in off[off != 0].items()]


def _check_lives(evidence: Evidence) -> LawResult:
    found, lives = ResultBuilder(), _lives(evidence)
    if not len(lives.batches):
        found.empty_reason = f"batch_batch has no batch that lived in {evidence.year}"
        return found.result()
    found.skip(int((~lives.batches["whole"]).sum()), "batches that also live on days that are not in the database")
    _check_batches(found, evidence, lives)
    _check_stays(found, evidence, lives)
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
    stays["stocked"] = _number_in_notes(stays["notes"], STOCKED)
    first = int(days_of_ids(ids, narrow=evidence.tables["batch_batch"].narrow_id).min())
    moved = evidence.frame(moves_sql(evidence.tables, first, LAST_DAY))
    moved = pd.DataFrame(
        {name: integers(moved[name]) for name in ("from_batch", "to_batch", "source", "target", "count", "loss")}
    )
    if evidence.release in DEATHS_WITH_LOSSES:
        moved["loss"] = 0
    for frame in (batches, stays):
        start = frame["start"].to_numpy()
        until = evidence.known_until("batches", start, frame["end"].to_numpy())
        frame["until"] = until
        frame["whole"] = np.logical_and.reduce(
            [evidence.written_days(asset).holds(start, until) for asset in ("mortality", *_moving_assets(evidence))]
        )
    return _Lives(batches, stays, moved)


def _moving_assets(evidence: Evidence) -> tuple[str, ...]:
    """The assets whose rows are moves out of containers."""
    return ("transfers", "harvests") if "harvest_harvestevent" in evidence.tables else ("transfers",)


def _batches(evidence: Evidence) -> pd.DataFrame:
    narrow = evidence.tables["batch_batch"].narrow_id
    low = id_range(year_days(evidence.scenario.first_year), narrow=narrow)[0]
    high = id_range(evidence.days, narrow=narrow)[1]
    batches = evidence.frame(
        f"SELECT id, batch_number AS number, start_date, actual_end_date, notes FROM batch_batch WHERE id >= {low} AND"
        f" id < {high} AND (actual_end_date IS NULL OR actual_end_date >= '{format_day(evidence.days.first)}')"
    )
    batches["start"], batches["end"] = day_numbers(batches["start_date"]), day_numbers(batches["actual_end_date"])
    batches["eggs"] = _number_in_notes(batches["notes"], EGGS)
    return batches


def _number_in_notes(notes: pd.Series, pattern: str) -> np.ndarray:
    """Return the number that each note holds, 0 if it holds none."""
    return notes.astype("str").str.extract(pattern)[0].fillna("0").str.replace(",", "").astype(np.int64).to_numpy()


def _summed(amount: pd.Series, key: pd.Series, wanted: pd.Series) -> np.ndarray:
    """Return the sum of the amounts of each wanted key, int64."""
    return amount.groupby(key).sum().reindex(wanted, fill_value=0).to_numpy(dtype=np.int64)


def _check_batches(found: ResultBuilder, evidence: Evidence, lives: _Lives) -> None:
    batches, stays, moved = lives.batches, lives.stays, lives.moved
    low, high = int(batches["start"].min()), int(batches["until"].max())
    deaths = evidence.frame(
        "SELECT batch_id, SUM(count) AS dead FROM batch_mortalityevent WHERE"
        f" {id_condition(evidence.tables['batch_mortalityevent'], low, high)} GROUP BY batch_id"
    )
    wanted, harvest = batches["id"], moved["target"] < 0
    # A mixed batch receives living fish of other batches.
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
    found.count_checked("batches over their whole life", int(whole.sum()))

    def describe(i: int) -> str:
        sums = ", ".join(f"{part[i]:,} {what}" for what, part in parts.items() if part[i])
        return f"batch {batches['number'].iloc[i]}: {came[i]:,} eggs, but {sums}"

    found.add_violations_where(whole & (came != sum(parts.values())), describe)


def _check_stays(found: ResultBuilder, evidence: Evidence, lives: _Lives) -> None:
    """Check that the fish that came into a container minus those that left or died equal its population. The stays of
    one batch in one container are taken together."""
    stays, moved = lives.stays, lives.moved
    came = _summed(moved["count"], moved["target"], stays["id"])
    # A batch has transfers from the day after its stocking on; a mixed one begins with transfers.
    begun = lives.batches.set_index("id")["start"].where(lives.batches.set_index("id")["eggs"] > 0, -1)
    stocked = stays["start"].to_numpy() == begun.reindex(stays["batch"]).to_numpy()
    stays = stays.assign(
        came=came + np.where(stocked, stays["stocked"], 0),
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
    found.count_checked("stays in containers", len(pairs))
    if not len(pairs):
        return
    records = id_condition(
        evidence.tables["health_mortalityrecord"], int(pairs["start"].min()), int(pairs["until"].max())
    )
    deaths = evidence.frame(
        f"SELECT batch_id, container_id, SUM(count) AS dead FROM health_mortalityrecord WHERE {records} GROUP BY"
        " batch_id, container_id"
    )
    dead = pd.Series(
        integers(deaths["dead"]), index=pd.MultiIndex.from_frame(deaths[["batch_id", "container_id"]])
    ).reindex(pairs.index, fill_value=0)
    left = (pairs["came"] - pairs["left"] - dead).to_numpy(dtype=np.int64)
    counted = pairs["population"].to_numpy()
    found.add_violations_where(
        left != counted,
        lambda i: (
            f"batch {pairs.index[i][0]} in container {pairs.index[i][1]}: movements and deaths leave {left[i]:,} fish,"
            f" the population is {counted[i]:,}"
        ),
    )
