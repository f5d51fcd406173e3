"""Verifying a database: its rows against the manifest, its foreign keys, and the laws over all years and assets.

Belongs here: doing it, and the result as plain values. Does not belong here: printing the result
(``verification_output``), any law itself (``laws``).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from rich.console import Console

from aquamind_assets.settings import Settings

if TYPE_CHECKING:
    from aquamind_assets.laws.result import LawResult
    from aquamind_assets.pipeline.platform import Platform
    from aquamind_assets.warehouse.checkpoints import TableYear
    from aquamind_assets.warehouse.warehouse import Warehouse

EXAMPLES_OF_A_PLACE, EXAMPLES_OF_A_LAW = 2, 10
"""Violations that are described: of one asset's year, and of one law over all of them."""


@dataclass
class LawOutcome:
    """The result of one law over the years and assets that it is about.

    Attributes:
        law: its name.
        checked: number of each kind of thing that was checked, such as ``{"container-days": 4200}``.
        violations: number of violations.
        places: number of violations in each asset's year, such as ``mortality 2015``.
        examples: the first violations, those of each place together.
        left_out: what was not checked, and why.
        not_checked: years without anything to check, by asset, though something may be there.
    """

    law: str
    checked: dict[str, int] = field(default_factory=dict)
    violations: int = 0
    places: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    not_checked: dict[str, list[int]] = field(default_factory=dict)

    def add(self, asset: str, year: int, result: "LawResult") -> None:
        """Take in the result of an asset's year."""
        place = f"{asset} {year}"
        for what, number in result.checked.items():
            self.checked[what] = self.checked.get(what, 0) + number
        self.left_out += [f"{place}: {text}" for text in result.not_checked]
        if result.violations:
            self.violations += result.violations
            self.places[place] = result.violations
            room = min(EXAMPLES_OF_A_PLACE, EXAMPLES_OF_A_LAW - len(self.examples))
            self.examples += [f"{place}: {example}" for example in result.examples[:room]]
        elif not result.passed:
            self.not_checked.setdefault(asset, []).append(year)


@dataclass(frozen=True)
class Verification:
    """The result of verifying a database.

    Attributes:
        years: the years that were verified.
        compared: number of table-years whose digests were compared.
        rows: rows in them.
        differences: table-years whose rows are not those that were written.
        dangling: foreign keys that refer to missing rows, with the number of rows that do.
        laws: the results of the laws; empty where only digests and foreign keys were asked for.
        stale: years with rows of another scenario or code than the laws were checked with.
    """

    years: list[int]
    compared: int = 0
    rows: int = 0
    differences: list[str] = field(default_factory=list)
    dangling: dict[str, int] = field(default_factory=dict)
    laws: list[LawOutcome] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether something was verified, and nothing is wrong."""
        return (
            bool(self.years)
            and not self.differences
            and not self.dangling
            and not any(law.violations for law in self.laws)
        )

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {
            "sound": self.sound,
            "years": self.years,
            "compared": self.compared,
            "rows": self.rows,
            "differences": self.differences,
            "dangling_foreign_keys": self.dangling,
            "laws": [asdict(law) for law in self.laws],
            "stale_years": self.stale,
        }


def verify_database(
    settings: Settings, years: Sequence[int] | None = None, *, quick: bool = False, console: Console | None = None
) -> Verification:
    """Digest every row again and compare with the manifest, look up every foreign key, and check every law on every
    row.

    Args:
        settings: scenario, ledgers and database.
        years: only the rows of these years; None for all.
        quick: digests and foreign keys alone.
        console: shows what is being done.

    Raises:
        UserError: the scenario, the database or the ledgers cannot be used.
    """
    from aquamind_assets.pipeline.platform import Platform
    from aquamind_assets.pipeline.staleness import stale_years

    platform = Platform(settings)
    platform.ledgers.years()  # names a scenario or a place of ledgers that cannot be used, before any row is read
    with platform.read() as warehouse, (console or Console(quiet=True)).status("Digesting every row again") as status:
        checkpoints = warehouse.checkpoints()
        written_years = {one.year for one in checkpoints}
        chosen = sorted(written_years if years is None else written_years & set(years))
        stale = stale_years(platform, [one for one in checkpoints if one.year in chosen])
        written = {
            (entry.table, entry.year): entry for entry in warehouse.manifest() if years is None or entry.year in years
        }
        found = {
            (entry.table, entry.year): entry
            for entry in (warehouse.recount() if years is None else _recount(warehouse, years))
        }
        status.update("Looking up every foreign key")
        dangling = warehouse.broken_references()
        laws = [] if quick else _check_laws(platform, warehouse, chosen, status.update)
    places = sorted(written.keys() | found.keys())
    return Verification(
        years=chosen,
        compared=len(places),
        rows=sum(entry.rows for entry in found.values()),
        differences=[
            f"{place[0]} {place[1]}: written {_content(written.get(place))}, found {_content(found.get(place))}"
            for place in places
            if written.get(place) != found.get(place)
        ],
        dangling=dangling,
        laws=laws,
        stale=stale,
    )


def check_years(settings: Settings, years: Sequence[int], console: Console) -> Verification:
    """The laws alone, on every row of these years, for the end of a run."""
    from aquamind_assets.pipeline.platform import Platform

    platform = Platform(settings)
    with platform.read() as warehouse, console.status("Checking the laws") as status:
        return Verification(list(years), laws=_check_laws(platform, warehouse, years, status.update))


def _recount(warehouse: "Warehouse", years: Iterable[int]) -> "list[TableYear]":
    from aquamind_assets.tables.schema import TABLES
    from aquamind_assets.timeline import year_days
    from aquamind_assets.warehouse.checkpoints import TableYear

    counted = [
        TableYear(table, year, *warehouse.recount_days(table, year_days(year))) for table in TABLES for year in years
    ]
    return [entry for entry in counted if entry.rows]


def _check_laws(
    platform: "Platform", warehouse: "Warehouse", years: Iterable[int], show: Callable[[str], None]
) -> list[LawOutcome]:
    from aquamind_assets.assets.asset_checks import evidence_of
    from aquamind_assets.laws.registry import LAWS_WITHOUT_DIGESTS, judge

    outcomes = {law.name: LawOutcome(law.name) for law in LAWS_WITHOUT_DIGESTS}
    for year in years:
        show(f"Checking {len(LAWS_WITHOUT_DIGESTS)} laws on {year}")
        evidence = replace(evidence_of(platform, year).with_database(warehouse), max_rows=None)
        for checked in judge(LAWS_WITHOUT_DIGESTS, evidence):
            outcomes[checked.law.name].add(checked.law.asset, year, checked.result)
    return list(outcomes.values())


def _content(entry: "TableYear | None") -> str:
    from aquamind_assets.warehouse.checkpoints import hex_digest

    return "nothing" if entry is None else f"{entry.rows:,} rows with digest {hex_digest(entry.digest)}"
