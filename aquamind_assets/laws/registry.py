"""All laws: which asset each is a check of, and judging a year by them.

Belongs here: the table of laws. Does not belong here: what a law looks at (``laws_*``), Dagster (``asset_checks``).
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from aquamind_assets.laws.digests import rows_are_as_written
from aquamind_assets.laws.evidence import Evidence
from aquamind_assets.laws.feed_in_ledger import feed_closes_in_every_store
from aquamind_assets.laws.feed_in_tables import feed_closes
from aquamind_assets.laws.fish_in_ledger import fish_close_every_day
from aquamind_assets.laws.fish_in_tables import fish_close
from aquamind_assets.laws.medicine import (
    abnormal_results_have_a_cause,
    medicine_is_by_the_book,
    treatments_are_by_the_book,
)
from aquamind_assets.laws.result import LawResult, together
from aquamind_assets.laws.row_rules import rows_keep_the_rules
from aquamind_assets.laws.space import one_batch_a_container, space_is_kept
from aquamind_assets.laws.timing import readings_carry_their_batch, rows_in_time
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.records.registry import RECORDERS

SIMULATED = "farm_year"
"""The asset whose laws are judged on the ledger alone."""

SOUND = "rows_are_sound"
"""The law that every recorded asset has."""


@dataclass(frozen=True)
class Law:
    """A law as a check of one asset.

    Attributes:
        name: its name, unique among the laws of its asset.
        asset: the asset whose rows it is about.
        description: what holds, for a farm manager.
        judge: what comes of it in a year.
        beside: other assets whose rows it looks at, that are not upstream of its asset: it can only be judged when they
            are written too.
    """

    name: str
    asset: str
    description: str
    judge: Callable[[Evidence], LawResult]
    beside: tuple[str, ...] = ()


def _on_ledger(judge: Callable[[Evidence, Ledger], LawResult]) -> Callable[[Evidence], LawResult]:
    def judged(evidence: Evidence) -> LawResult:
        if evidence.ledger is None:
            return LawResult({}, unseen=(f"the ledger of {evidence.year}, which is not stored",))
        return judge(evidence, evidence.ledger)

    return judged


def _sound(recorder: Recorder) -> Law:
    parts = _sound_beside_digests(recorder)

    def judge(evidence: Evidence) -> LawResult:
        return together(
            [rows_are_as_written(evidence, recorder.asset, recorder.tables), *(part.judge(evidence) for part in parts)]
        )

    return Law(
        SOUND,
        recorder.asset,
        "The year's rows are those that were written, digest for digest; they are of the days they say, refer to"
        " nothing that came later, and keep every rule of AquaMind's database and application. Tables:"
        f" {', '.join(recorder.tables)}.",
        judge,
    )


def _sound_beside_digests(recorder: Recorder) -> tuple[Law, Law]:
    """What sound rows are besides being those that were written, as laws of their own."""
    tables = ", ".join(recorder.tables)
    return (
        Law(
            "rows_in_time",
            recorder.asset,
            f"Rows are of the days they say, and refer to nothing that came later. Tables: {tables}.",
            lambda evidence: rows_in_time(evidence, recorder.tables),
        ),
        Law(
            "rows_keep_the_rules",
            recorder.asset,
            f"Rows keep every rule of AquaMind's database and application. Tables: {tables}.",
            lambda evidence: rows_keep_the_rules(evidence, recorder.asset, recorder.tables),
        ),
    )


LAWS: tuple[Law, ...] = (
    Law(
        "fish_close_every_day",
        SIMULATED,
        "In every container on every day: fish in the morning + moved in - moved out - dead - harvested = fish in the"
        " evening. Every day opens with what the day before closed with, and every batch starts with its eggs.",
        _on_ledger(lambda evidence, ledger: fish_close_every_day(ledger, evidence.before)),
    ),
    Law(
        "feed_closes_in_every_store",
        SIMULATED,
        "In every silo: feed at the start of the year + deliveries - feed eaten = feed left, and never below nought on"
        " any day.",
        _on_ledger(lambda evidence, ledger: feed_closes_in_every_store(ledger, evidence.before)),
    ),
    Law(
        "space_is_kept",
        SIMULATED,
        "A container holds one batch at a time and lies empty for its days of grace between two; number and size of"
        " fish, density and biomass stay within their limits on every evening.",
        _on_ledger(
            lambda evidence, ledger: space_is_kept(ledger, evidence.scenario, evidence.infrastructure, evidence.before)
        ),
    ),
    Law(
        "medicine_is_by_the_book",
        SIMULATED,
        "Lice are treated only above the threshold of the last count and not again within its days; a batch is"
        " vaccinated once; nothing is harvested inside a withholding period, wherever the fish have been moved.",
        _on_ledger(lambda evidence, ledger: medicine_is_by_the_book(ledger, evidence.scenario, evidence.before)),
    ),
    Law(
        "one_batch_a_container",
        "batches",
        "No two stays share a container, and its days of grace lie between two.",
        one_batch_a_container,
    ),
    Law(
        "fish_close",
        "mortality",
        "For every batch of the year, over its whole life: eggs = living + dead + lost in transfers + harvested, to the"
        " fish. Every stay in a container closes, and mortality events and mortality records tell of the same deaths on"
        " the same days.",
        fish_close,
        beside=("transfers",),
    ),
    Law(
        "feed_closes_to_the_gram_and_the_cent",
        "feeding_events",
        "In every silo: deliveries - feedings = stock, to the gram, and so does its history tell it. Every feeding"
        " costs what the lots it took had cost, oldest first, to the cent.",
        feed_closes,
    ),
    Law(
        "readings_carry_their_batch",
        "environmental_readings",
        "Every reading carries the batch that was in the container at that instant, or none where it was empty.",
        readings_carry_their_batch,
    ),
    Law(
        "treatments_are_by_the_book",
        "treatments",
        "As written: lice are treated only above the threshold of the last count and not again within its days; a batch"
        " is vaccinated once; nothing is harvested inside a withholding period.",
        treatments_are_by_the_book,
        beside=("lice_counts", "transfers"),
    ),
    Law(
        "abnormal_results_have_a_cause",
        "lab_samples",
        "Every abnormal laboratory result is of fish with a true outbreak, or stands beside an issue in the journal.",
        abnormal_results_have_a_cause,
        beside=("journal",),
    ),
    *map(_sound, RECORDERS.values()),
)

LAWS_BESIDE_DIGESTS: tuple[Law, ...] = tuple(
    part for law in LAWS for part in (_sound_beside_digests(RECORDERS[law.asset]) if law.name == SOUND else (law,))
)
"""The same for whoever compares the digests of a whole database anyway: what ``rows_are_sound`` says besides stands as
two laws of its own."""


@dataclass(frozen=True)
class Verdict:
    """A law, what came of it, and what it cost."""

    law: Law
    result: LawResult
    seconds: float


def judge(laws: Iterable[Law], evidence: Evidence) -> Iterator[Verdict]:
    """Judges a year by these laws, one after the other."""
    for law in laws:
        began = time.perf_counter()
        result = law.judge(evidence)
        yield Verdict(law, result, time.perf_counter() - began)
