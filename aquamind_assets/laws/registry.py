"""All laws, with the asset that each one is a check of, and judging a year by them.

Belongs here: the table of laws. Does not belong here: the laws themselves (the other modules of this package), Dagster
(``assets.asset_checks``).
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial

from aquamind_assets.laws.abnormal_results import judge_abnormal_results_have_cause
from aquamind_assets.laws.dead_fish import judge_dead_fish
from aquamind_assets.laws.digests import judge_digests
from aquamind_assets.laws.evidence import Evidence
from aquamind_assets.laws.feed_in_ledger import judge_silo_feed_balance
from aquamind_assets.laws.feed_in_tables import judge_feed_balance
from aquamind_assets.laws.fish_in_ledger import judge_daily_fish_balance
from aquamind_assets.laws.fish_in_tables import judge_fish_balance
from aquamind_assets.laws.medicine import judge_treatment_rules, judge_treatment_rules_in_ledger
from aquamind_assets.laws.result import LawResult, combine
from aquamind_assets.laws.row_rules import judge_row_rules, judge_rules_across
from aquamind_assets.laws.rules_across import rules_across, rules_judged_with
from aquamind_assets.laws.space import judge_one_batch_per_container, judge_space_limits
from aquamind_assets.laws.timing import judge_readings_batch, judge_rows_in_time_range
from aquamind_assets.laws.working_days import judge_working_days
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.tables.releases import Release

SIMULATED = "farm_year"
"""The asset whose laws are judged on the ledger alone."""

SOUND_ROWS = "sound_rows"
"""The law that every recorded asset has."""


@dataclass(frozen=True)
class Law:
    """A law as a check of one asset.

    Attributes:
        name: the name, unique among the laws of its asset.
        asset: the asset whose rows are checked.
        description: what holds, written for a farm manager.
        judge: returns the result for a year.
        beside: other assets whose rows are checked and that are not upstream of ``asset``. The law can only be judged
            once they are written too.
    """

    name: str
    asset: str
    description: str
    judge: Callable[[Evidence], LawResult]
    beside: tuple[str, ...] = ()


def _on_ledger(judge: Callable[[Evidence, Ledger], LawResult]) -> Callable[[Evidence], LawResult]:
    def judged(evidence: Evidence) -> LawResult:
        if evidence.ledger is None:
            return LawResult({}, not_checked=(f"the ledger of {evidence.year}, which is not stored",))
        return judge(evidence, evidence.ledger)

    return judged


def _sound_rows(recorder: Recorder) -> Law:
    parts = _sound_rows_without_digests(recorder)

    def judge(evidence: Evidence) -> LawResult:
        return combine(
            [judge_digests(evidence, recorder.asset, recorder.tables), *(part.judge(evidence) for part in parts)]
        )

    return Law(
        SOUND_ROWS,
        recorder.asset,
        "The year's rows are exactly those that were written, lie on the days of their ids, refer to no later row, and"
        f" keep every rule of AquaMind's database and application. Tables: {', '.join(recorder.tables)}.",
        judge,
    )


def _sound_rows_without_digests(recorder: Recorder) -> tuple[Law, Law]:
    """Return the parts of ``sound_rows`` other than the digests, as laws of their own."""
    tables = ", ".join(recorder.tables)
    return (
        Law(
            "rows_in_time_range",
            recorder.asset,
            f"Rows lie on the days of their ids and refer to no later row. Tables: {tables}.",
            lambda evidence: judge_rows_in_time_range(evidence, recorder.tables),
        ),
        Law(
            "row_rules",
            recorder.asset,
            f"Rows keep every rule of AquaMind's database and application. Tables: {tables}.",
            lambda evidence: judge_row_rules(evidence, recorder.asset, recorder.tables),
        ),
    )


def _rules_across(release: Release) -> Iterator[Law]:
    """Return a law for each asset with which rules across assets are judged."""
    for asset in recorders_of(release):
        if rules := rules_judged_with(asset, release):
            yield Law(
                "rules_across_assets",
                asset,
                "Rows keep the rules of AquaMind's application that compare them with rows which are written after"
                f" them. Tables: {', '.join(sorted({rule.table for rule in rules}))}.",
                partial(judge_rules_across, asset=asset),
                beside=tuple(sorted({one for rule in rules for one in rules_across(release)[rule.name].beside})),
            )


_ON_LEDGER: tuple[Law, ...] = (
    Law(
        "daily_fish_balance",
        SIMULATED,
        "In every container on every day: fish in the morning + moved in - moved out - dead - harvested = fish in the"
        " evening. Each day opens with the closing count of the day before, and every batch starts with its eggs.",
        _on_ledger(lambda evidence, ledger: judge_daily_fish_balance(ledger, evidence.before)),
    ),
    Law(
        "silo_feed_balance",
        SIMULATED,
        "In every silo and barge: feed at the start of the year + deliveries - feed eaten = feed left, and never below"
        " zero on any day.",
        _on_ledger(lambda evidence, ledger: judge_silo_feed_balance(ledger, evidence.before)),
    ),
    Law(
        "space_limits",
        SIMULATED,
        "A container holds one batch at a time and is empty for its grace days between two batches. Number and size of"
        " fish, density and biomass stay within their limits every evening.",
        _on_ledger(
            lambda evidence, ledger: judge_space_limits(
                ledger, evidence.scenario, evidence.infrastructure, evidence.before
            )
        ),
    ),
    Law(
        "treatment_rules_in_ledger",
        SIMULATED,
        "In the ledger: lice are treated only after a count above the treatment threshold, and not again within the"
        " minimum number of days. A batch is vaccinated once. Nothing is harvested inside a withholding period, even"
        " after the fish were moved.",
        _on_ledger(
            lambda evidence, ledger: judge_treatment_rules_in_ledger(ledger, evidence.scenario, evidence.before)
        ),
    ),
)
"""Laws on the ledger, which hold whatever release it is recorded for."""

_ACROSS_TABLES_2025_08: tuple[Law, ...] = (
    Law(
        "dead_fish_collected",
        SIMULATED,
        "Dead fish are collected within a few days, and before the last living ones leave. As many fish escape as"
        " escape incidents count.",
        _on_ledger(lambda evidence, ledger: judge_dead_fish(ledger, evidence.scenario)),
    ),
    Law(
        "working_days",
        SIMULATED,
        "Fish are moved, treated, vaccinated and counted, and feed is delivered, on working days of the geography; fish"
        " are harvested on days on which its processing plant takes them.",
        _on_ledger(lambda evidence, ledger: judge_working_days(ledger, evidence.scenario, evidence.infrastructure)),
    ),
    Law(
        "one_batch_per_container",
        "batches",
        "Stays in a container do not overlap, and the grace days of the container lie between them.",
        judge_one_batch_per_container,
    ),
    Law(
        "fish_balance",
        "mortality",
        "For every batch of the year, over its whole life: eggs = living + dead + lost in transfers + harvested, exact"
        " to the fish. Every stay in a container balances, and mortality events and mortality records have the same"
        " deaths on the same days.",
        judge_fish_balance,
        beside=("transfers",),
    ),
    Law(
        "feed_balance",
        "feeding_events",
        "In every silo and barge: deliveries - feedings = stock, exact to the gram, also in the history of the stock."
        " Every feeding costs what its lots cost, first in first out, exact to the cent.",
        judge_feed_balance,
    ),
    Law(
        "readings_batch",
        "environmental_readings",
        "Every reading carries the batch that was in the container at that instant, or none where it was empty.",
        judge_readings_batch,
    ),
    Law(
        "treatment_rules",
        "treatments",
        "In the tables: lice are treated only after a count above the treatment threshold, and not again within the"
        " minimum number of days. A batch is vaccinated once. Nothing is harvested inside a withholding period.",
        judge_treatment_rules,
        beside=("lice_counts", "transfers"),
    ),
    Law(
        "abnormal_results_have_cause",
        "lab_samples",
        "The fish of every abnormal laboratory result had an outbreak, or the journal has an issue near that day.",
        judge_abnormal_results_have_cause,
        beside=("journal",),
    ),
)

_ACROSS_TABLES_2026_03 = tuple(
    replace(law, beside=("transfers", "harvests", *(one for one in law.beside if one != "transfers")))
    if "transfers" in law.beside
    else law
    for law in _ACROSS_TABLES_2025_08
)
"""The same laws, with harvests beside the transfers."""

_ACROSS_TABLES: Mapping[Release, tuple[Law, ...]] = {
    "2025-08": _ACROSS_TABLES_2025_08,
    "2026-03": _ACROSS_TABLES_2026_03,
}
"""Laws that compare rows of several tables, by release."""


@cache
def laws_of(release: Release) -> tuple[Law, ...]:
    """Return the laws of the assets that write a release's tables, and of the ledger."""
    return (
        *_ON_LEDGER,
        *_ACROSS_TABLES[release],
        *_rules_across(release),
        *map(_sound_rows, recorders_of(release).values()),
    )


@cache
def laws_without_digests(release: Release) -> tuple[Law, ...]:
    """Return the same laws without the comparison of digests, for callers that compare the digests of the whole
    database. The other parts of ``sound_rows`` are two laws of their own."""
    recorders = recorders_of(release)
    return tuple(
        part
        for law in laws_of(release)
        for part in (_sound_rows_without_digests(recorders[law.asset]) if law.name == SOUND_ROWS else (law,))
    )


@dataclass(frozen=True)
class JudgedLaw:
    """A law, its result, and the seconds it took."""

    law: Law
    result: LawResult
    seconds: float


def judge(laws: Iterable[Law], evidence: Evidence) -> Iterator[JudgedLaw]:
    """Judge a year by these laws, in their order."""
    for law in laws:
        began = time.perf_counter()
        result = law.judge(evidence)
        yield JudgedLaw(law, result, time.perf_counter() - began)
