"""Weekly rounds of every batch, and days of unexplained deaths.

Belongs here: reading the state of a batch from the ledger as visible on site, and opening and closing issues. Does not
belong here: texts (``grammar``).

Raised mortality opens an issue. It is closed by the next normal round, by a diagnosis, by the end of the batch, or by
the review at the end of the year. So the issues of a year are complete in it. An infection appears in the journal from
its diagnosis on, never before.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from aquamind_assets.ledger.codes import EventKind, Stage, TreatmentReason
from aquamind_assets.records.batch.collection import collected_deaths
from aquamind_assets.records.health.journal import grammar, phrases
from aquamind_assets.records.health.journal.entry import (
    HIGH,
    LOW,
    MEDIUM,
    Entry,
    Kind,
    by_now,
    named,
    pen,
    spoken,
    within_year,
)
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.place_labels import container_name, full_name, noun, place_name
from aquamind_assets.timeline import year_days

FIRST_ROUND_DAY = 3
"""Days from a batch's start to its first round."""

SPIKE_SHARE, SPIKE_FISH = 0.005, 30
"""A day's deaths are a spike above this share of a container's fish and this number (general knowledge)."""

_FEWEST_DEATHS = 20
_GRAVE_PERCENT = 4.0
_SPIKE_CLOSED_DAYS = 4
_LICE_DAYS = 14
_WEEK = 7
_REMEMBERED_DAYS = 10


class _BatchDays:
    """The container-days of the year, batch by batch; arrays sorted by (batch, day, container)."""

    def __init__(self, year: YearInputs) -> None:
        fish = year.ledger.container_days
        order = np.lexsort([fish.container, fish.day, fish.batch_id])
        self.batch_id = fish.batch_id[order]
        self.day = fish.day[order].astype(np.int64)
        self.container = fish.container[order].astype(np.int64)
        self.assignment_id = fish.assignment_id[order]
        self.stage = fish.stage[order]
        self.opening = fish.opening[order]
        self.closing = fish.closing[order]
        self.present = self.opening + fish.moved_in[order]
        self.deaths = collected_deaths(fish, year.days)[1].sum(axis=1)[order]
        self.weight_g = fish.weight_g[order]
        self.temperature = fish.temperature[order]
        self.oxygen = fish.oxygen[order]
        self.feed_g = fish.feed_g[order]
        self.fasting = fish.fasting[order]

    def of_batch(self, batch_id: int) -> slice:
        """Return the rows of a batch."""
        return slice(*map(int, np.searchsorted(self.batch_id, [batch_id, batch_id + 1])))

    def of_days(self, rows: slice, first: int, end: int) -> slice:
        """Return the rows of some days among the rows of a batch."""
        low, high = np.searchsorted(self.day[rows], [first, end])
        return slice(rows.start + int(low), rows.start + int(high))


def weekly_entries(year: YearInputs) -> Iterator[Entry]:
    """Return rounds and spikes of every batch."""
    fish = _BatchDays(year)
    for rank, batch_id in enumerate(year.lives.batches.batch_id):
        rows = fish.of_batch(int(batch_id))
        if rows.stop > rows.start:
            yield from _closed(year, _rounds(year, fish, rows, rank), int(fish.day[rows][-1]))
            yield from _spikes(year, fish, rows)


def _rounds(year: YearInputs, fish: _BatchDays, rows: slice, rank: int) -> list[tuple[Entry, grammar.Round]]:
    """Return the rounds of a batch, with issues still open."""
    batch_id = int(fish.batch_id[rows.start])
    interval = year.scenario.health.sampling.journal_interval_days
    first = int(year.lives.batches.start_day[rank]) + FIRST_ROUND_DAY
    first += max(0, -(-(year.days.first - first) // interval)) * interval
    found: list[tuple[Entry, grammar.Round]] = []
    mine = year.lives.outbreaks.take(year.lives.outbreaks.batch_id == batch_id)
    geography = int(year.lives.batches.geography[rank])
    # A round that is due on a day without work is made on the next working day, in the next year too.
    for due in range(first - interval, year.days.end, interval):
        day = year.calendar.working_day(geography, due)
        begun = due >= int(year.lives.batches.start_day[rank]) + FIRST_ROUND_DAY
        if not begun or day not in year_days(year.year) or (found and found[-1][0].day == day):
            continue
        today = fish.of_days(rows, day, day + 1)
        if not (fish.closing[today] > 0).any():
            continue
        week = fish.of_days(rows, day - _WEEK + 1, day + 1)
        known = mine.disease[
            (mine.detected_day >= 0)
            & (mine.detected_day <= day)
            & (day < mine.end_day)
            & np.isin(mine.assignment_id, fish.assignment_id[today])
        ]
        seen, worst = _seen(year, fish, today, week, known, found[-1][1].feed_percent if found else None)
        issue = (
            seen.strain >= grammar.ALERT
            and not seen.diagnosed
            and not seen.reason
            and fish.deaths[week].sum() >= _FEWEST_DEATHS
        )
        if not issue and seen.strain >= grammar.ALERT and fish.deaths[week].sum() < _FEWEST_DEATHS:
            seen = replace(seen, expected_percent=seen.mortality_percent)
        category = "issue" if issue else "observation"
        text = grammar.weekly_round(seen, pen(year, Kind.ROUND, batch_id, day))
        found.append(
            (
                Entry(
                    Kind.ROUND,
                    day,
                    rank,
                    batch_id,
                    worst if issue else -1,
                    category,
                    _severity(year, seen, known, issue),
                    text,
                    day,
                ),
                seen,
            )
        )
    return found


def _severity(year: YearInputs, seen: grammar.Round, known: np.ndarray, issue: bool) -> int:
    if any(year.scenario.health.diseases[disease].reportable for disease in known):
        return HIGH
    if (seen.strain >= grammar.ACUTE and (issue or seen.diagnosed)) or (
        seen.mortality_percent >= _GRAVE_PERCENT and seen.stage > Stage.EGG_ALEVIN
    ):
        return HIGH
    return MEDIUM if issue or seen.diagnosed or seen.strain >= grammar.ALERT else LOW


def _seen(
    year: YearInputs, fish: _BatchDays, today: slice, week: slice, known: np.ndarray, last_feed: float | None
) -> tuple[grammar.Round, int]:
    """Return the observations of a round, and the container with the highest mortality; ``known`` are the diseases of
    the batch's diagnosed infections."""
    living = fish.closing[today]
    container = fish.container[today]
    stage = Stage(int(np.bincount(fish.stage[today], weights=living + 1).argmax()))
    spec = year.scenario.farm.stages[stage]
    days = int(np.count_nonzero(np.diff(fish.day[week]))) + 1
    first = fish.day[week] == fish.day[week][0]
    share = 100 * fish.deaths[week].sum() / max(1, fish.present[week][first].sum())
    biomass = (fish.closing[week] * fish.weight_g[week]).sum() / 1000
    weight = float(np.average(fish.weight_g[today], weights=living))
    usual = spec.mortality / (
        30 if spec.mortality_basis == "month" else (spec.nominal_days.low + spec.nominal_days.high) / 2
    )
    worst, worst_share = _worst(fish, week, container)
    diseases = sorted(Counter(known.tolist()).items(), key=lambda pair: year.scenario.health.diseases[pair[0]].name)
    round_seen = grammar.Round(
        place=place_name(year, container),
        containers=container.size,
        noun=noun(year, container),
        stage=stage,
        hatched=weight >= year.scenario.farm.eggs.alevin_weight_g,
        fish=int(living.sum()),
        weight_g=weight,
        days=days,
        mortality_percent=float(share),
        expected_percent=100 * usual * days,
        worst=container_name(year, worst),
        worst_percent=worst_share,
        feed_percent=(
            float(100 * fish.feed_g[week].sum() / 1000 / max(biomass, 1e-9)) if stage > Stage.EGG_ALEVIN else None
        ),
        last_feed_percent=last_feed or 0.0,
        fasted=int(fish.fasting[today].sum()),
        temperature=float(fish.temperature[today].mean()),
        oxygen=float(fish.oxygen[week].min()),
        females=(
            _counted_lice(year, int(fish.batch_id[today.start]), int(fish.day[today.start]))
            if stage >= Stage.POST_SMOLT
            else None
        ),
        threshold=year.scenario.health.lice.threshold,
        reason=known_reason(year, worst, int(fish.batch_id[today.start]), int(fish.day[today.start])),
        diagnosed=tuple((year.scenario.health.diseases[disease].name, count) for disease, count in diseases),
        signs=tuple(year.scenario.health.diseases[disease].signs for disease, _ in diseases),
    )
    return round_seen, worst


def _worst(fish: _BatchDays, week: slice, standing: np.ndarray) -> tuple[int, float]:
    """Return the occupied container with the highest mortality in a week, and that mortality in percent."""
    containers, which = np.unique(fish.container[week], return_inverse=True)
    deaths = np.bincount(which, weights=fish.deaths[week])
    stock = np.zeros(containers.size)
    np.maximum.at(stock, which, fish.present[week])
    share = np.where(np.isin(containers, standing), 100 * deaths / np.maximum(stock, 1), -1.0)
    return int(containers[share.argmax()]), float(share.max())


def _counted_lice(year: YearInputs, batch_id: int, day: int) -> float | None:
    """Return adult females per fish over the batch's counts of the last two weeks, without counts before a later
    treatment, or None."""
    counts, given = year.ledger.lice_counts, year.ledger.treatments
    treated = given.day[(given.batch_id == batch_id) & (given.reason == TreatmentReason.LICE) & (given.day <= day)]
    since = max(day - _LICE_DAYS + 1, int(treated.max(initial=0)))
    low, high = np.searchsorted(counts.day, [since, day + 1])
    mine = counts.batch_id[low:high] == batch_id
    fish = int(counts.fish_sampled[low:high][mine].sum())
    return float(counts.adult_female[low:high][mine].sum()) / fish if fish else None


def _closed(year: YearInputs, rounds: list[tuple[Entry, grammar.Round]], last_day: int) -> Iterator[Entry]:
    """Return the rounds of a batch with their issues closed."""
    through, last_of_year = year.lives.through, year_days(year.year).end - 1
    for i, (entry, _) in enumerate(rounds):
        if entry.category != "issue":
            yield entry
            continue
        writer = pen(year, Kind.ROUND, entry.batch_id, entry.day, 1)
        later = next(((after, seen) for after, seen in rounds[i + 1 :] if after.category != "issue"), None)
        if later is not None and later[1].diagnosed:
            day, how = later[0].day, grammar.explained(later[1].diagnosed[0][0], spoken(later[0].day), writer)
        elif later is not None:
            day, how = later[0].day, grammar.settled(spoken(later[0].day), writer)
        elif last_day < min(through, last_of_year):
            day, how = last_day, grammar.closed(spoken(last_day), writer)
        else:
            day, how = last_of_year, grammar.year_end(writer)
        done = day <= through
        yield replace(entry, resolved_day=day if done else None, resolution=how if done else "")


def _spikes(year: YearInputs, fish: _BatchDays, rows: slice) -> Iterator[Entry]:
    """Return days on which a container suddenly lost many fish, at most one in a week for a batch, and only without a
    known reason."""
    share = fish.deaths[rows] / np.maximum(fish.present[rows], 1)
    spikes = (
        (share > SPIKE_SHARE)
        & (fish.deaths[rows] >= SPIKE_FISH)
        & (fish.stage[rows] > Stage.EGG_ALEVIN)
        & (fish.closing[rows] > 0)
    )
    last = -_WEEK
    for day in np.unique(fish.day[rows][spikes]):
        today = np.flatnonzero(spikes & (fish.day[rows] == day))
        at = rows.start + int(today[share[today].argmax()])
        container, batch_id, assignment = int(fish.container[at]), int(fish.batch_id[at]), int(fish.assignment_id[at])
        if (
            day - last < _WEEK
            or known_reason(year, container, batch_id, int(day))
            or _diagnosed(year, assignment, int(day))
        ):
            continue
        last = int(day)
        writer = pen(year, Kind.SPIKE, *named(year, container), last)
        text = phrases.spike(
            full_name(year, container), int(fish.deaths[at]), 100 * float(share[at - rows.start]), writer
        )
        done = by_now(year, within_year(year, last + _SPIKE_CLOSED_DAYS))
        yield Entry(
            Kind.SPIKE,
            last,
            container,
            batch_id,
            container,
            "issue",
            HIGH,
            text,
            done,
            phrases.spike_closed(writer) if done is not None else "",
        )


_EVENT_WORDS = {
    EventKind.STORM: "the storm",
    EventKind.PREDATOR_ATTACK: "the predator attack",
    EventKind.ALGAL_BLOOM: "the algal bloom",
    EventKind.OXYGEN_DROP: "the lack of oxygen",
    EventKind.ESCAPE: "the escape",
    EventKind.EQUIPMENT_FAILURE: "the failure of equipment",
}


def known_reason(year: YearInputs, container: int, batch_id: int, day: int) -> str:
    """Return the reason of deaths in a container that is known on site: an event, a treatment or a move of the last
    days, as text; ``""`` if there was none."""
    ledger = year.ledger
    events = ledger.events
    hit = np.flatnonzero((events.container == container) & (events.fish_lost > 0) & _recent(events.day, day))
    if hit.size:
        return f"{_EVENT_WORDS[EventKind(events.kind[hit[-1]])]} of {spoken(events.day[hit[-1]])}"
    given = ledger.treatments
    hit = np.flatnonzero(
        ((given.container == container) | ((given.container < 0) & (given.batch_id == batch_id)))
        & _recent(given.day, day)
    )
    if hit.size:
        vaccination = given.reason[hit[-1]] == TreatmentReason.VACCINATION
        name = "vaccination" if vaccination else year.scenario.health.treatments[given.method[hit[-1]]].name.lower()
        return f"the {name} of {spoken(given.day[hit[-1]])}"
    moves = ledger.movements
    hit = np.flatnonzero((moves.to_container == container) & (moves.batch_id == batch_id) & _recent(moves.day, day))
    return f"the move of {spoken(moves.day[hit[-1]])}" if hit.size else ""


def _recent(days: np.ndarray, day: int) -> np.ndarray:
    return (days > day - _REMEMBERED_DAYS) & (days <= day)


def _diagnosed(year: YearInputs, assignment_id: int, day: int) -> bool:
    """Return whether a diagnosed outbreak runs."""
    ill = year.lives.outbreaks
    return bool(
        (
            (ill.assignment_id == assignment_id)
            & (ill.detected_day >= 0)
            & (ill.detected_day <= day)
            & (day < ill.end_day)
        ).any()
    )
