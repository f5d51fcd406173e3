"""``aquamind verify``: is what lies in the database what was written, and does it keep the laws?"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from textwrap import shorten

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from aquamind_assets.assets.asset_checks import evidence_of
from aquamind_assets.laws.digests import as_of_another_year
from aquamind_assets.laws.registry import LAWS_BESIDE_DIGESTS, judge
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.settings import Settings
from aquamind_assets.tables.schema import TABLES
from aquamind_assets.timeline import year_days
from aquamind_assets.warehouse.checkpoints import TableYear, hex_digest
from aquamind_assets.warehouse.warehouse import Warehouse

_WIDEST = max(len(law.name) for law in LAWS_BESIDE_DIGESTS)
_LEAST_SHOWN = 12
EXAMPLES_OF_A_PLACE, EXAMPLES_OF_A_LAW = 2, 10
"""Violations that are told in words: of one asset's year, and of one law over all of them."""


@dataclass
class Judged:
    """What came of one law over the years and assets that it is about.

    Attributes:
        law: its name.
        looked_at: how many of what were looked at.
        violations: how often it is broken.
        places: where it is broken, as ``mortality 2015``, with the number of violations there.
        examples: the first violations in words, those of each place together.
        unseen: what was not looked at, and why.
        not_judged: years of which nothing could be looked at though something may be there, by asset.
    """

    law: str
    looked_at: dict[str, int] = field(default_factory=dict)
    violations: int = 0
    places: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    not_judged: dict[str, list[int]] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """What was looked at, in a few words."""
        there = {what: number for what, number in self.looked_at.items() if number}
        tables = sum(what.startswith("rows of ") for what in there)
        if tables:
            return f"{sum(there.values()):,} rows of {tables} tables"
        return ", ".join(f"{number:,} {what}" for what, number in there.items()) or "nothing"


@dataclass(frozen=True)
class Verified:
    """What was found in a database.

    Attributes:
        years: the years that were looked at.
        compared: tables and years whose digests were compared.
        rows: rows in them.
        differences: tables and years whose rows are not what was written.
        broken: foreign keys that point nowhere, with how many rows.
        laws: what came of the laws; empty where only digests were compared.
        foreign: years with rows of another scenario or version than the laws were judged with.
    """

    years: list[int]
    compared: int = 0
    rows: int = 0
    differences: list[str] = field(default_factory=list)
    broken: dict[str, int] = field(default_factory=dict)
    laws: list[Judged] = field(default_factory=list)
    foreign: list[int] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether something was looked at, and nothing found that should not be."""
        return (
            bool(self.years)
            and not self.differences
            and not self.broken
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
            "broken_references": self.broken,
            "laws": [asdict(law) for law in self.laws],
            "years_of_another_scenario": self.foreign,
        }

    def show(self, console: Console) -> None:
        """Print it: a line for each law, then what is wrong."""
        console.print(
            self._table(max(_LEAST_SHOWN, console.width - _WIDEST - len("not judged") - len("violations") - 8))
        )
        for line in self.differences:
            console.print(f"[red]differs[/] {line}", highlight=False)
        for place, count in self.broken.items():
            console.print(f"[red]points nowhere[/] {place}, {count:,} rows", highlight=False)
        for law in self.laws:
            if law.violations:
                places = ", ".join(f"{place} ({count:,})" for place, count in law.places.items())
                console.print(f"[red]broken[/] {_title(law)}: {places}", highlight=False)
            for example in law.examples:
                console.print(f"  {example}", highlight=False, markup=False)
        for law in self.laws:
            for asset, years in law.not_judged.items():
                place = f"{asset} {_span(years)}"
                console.print(
                    f"[yellow]not judged[/] {_title(law)}: {place}{_because(law, asset, years[0])}", highlight=False
                )
        if self.foreign and self.laws:
            said = (
                f"Rows of {_span(self.foreign)} are of another scenario or version than the one the laws are judged"
                " with"
            )
            console.print(f"[yellow]{said}; --preset or --scenario says which.[/]", highlight=False)
        console.print(
            f"{_span(self.years)}: {self.verdict}", style="bold green" if self.sound else "bold red", highlight=False
        )

    @property
    def verdict(self) -> str:
        """One sentence."""
        if not self.years and not self.differences:
            return "nothing of the platform is there, so nothing is proved."
        if self.sound:
            kept = (
                "every law that could be judged is kept"
                if any(law.not_judged for law in self.laws)
                else "every law is kept"
            )
            written = ["everything is as it was written"] if self.compared else []
            return ", ".join([*written, *([kept] if self.laws else [])]) + "."
        return (
            "not as it should be. Rows that were changed come back with `aquamind clear` and `aquamind run` of the"
            " years named above."
        )

    def _table(self, room: int) -> Table:
        """A line for each law; of what was looked at, as much as there is ``room`` for."""
        table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column("violations", justify="right", no_wrap=True)
        table.add_column("looked at", no_wrap=True)
        if self.compared:
            number, missing = len(self.differences), sum(self.broken.values())
            rows = f"{self.rows:,} rows, in {self.compared:,} tables and years"
            table.add_row("rows are as written", _mark(number), f"{number:,}", shorten(rows, room, placeholder=" ..."))
            table.add_row(
                "foreign keys point to rows",
                _mark(missing),
                f"{missing:,}",
                shorten("every row of every table", room, placeholder=" ..."),
            )
        for law in self.laws:
            silent = not law.looked_at and bool(law.not_judged)
            mark = "[yellow]not judged[/]" if silent else _mark(law.violations)
            table.add_row(_title(law), mark, f"{law.violations:,}", shorten(law.said, room, placeholder=" ..."))
        return table


def verify_database(
    settings: Settings, years: Sequence[int] | None = None, *, quick: bool = False, console: Console | None = None
) -> Verified:
    """Digest every row again and compare with the manifest, follow every foreign key, and judge every law on every row.

    Args:
        settings: scenario, ledgers and database.
        years: only the rows of these years; None for all.
        quick: digests and foreign keys alone.
        console: shows what is being done.
    """
    platform = Platform(settings)
    with platform.read() as warehouse, (console or Console(quiet=True)).status("Digesting every row again") as status:
        checkpoints = warehouse.checkpoints()
        there = sorted(
            {checkpoint.year for checkpoint in checkpoints} & set(years)
            if years is not None
            else {checkpoint.year for checkpoint in checkpoints}
        )
        foreign = sorted(
            {one.year for one in checkpoints if one.year in there and one.fingerprint != platform.fingerprint}
        )
        written = {
            (entry.table, entry.year): entry for entry in warehouse.manifest() if years is None or entry.year in years
        }
        found = {
            (entry.table, entry.year): entry
            for entry in (warehouse.recount() if years is None else _recount(warehouse, years))
        }
        status.update("Following every foreign key")
        broken = warehouse.broken_references()
        outdated = warehouse.outdated_living()
        laws = [] if quick else _judge(platform, warehouse, there, status.update)
    differences = []
    for place in sorted(written.keys() | found.keys()):
        before, now = written.get(place), found.get(place)
        if before != now:
            differences.append(f"{place[0]} {place[1]}: written {_said(before)}, found {_said(now)}")
    differences += [as_of_another_year(one) for one in outdated if one.year in there]
    return Verified(
        there,
        len(written.keys() | found.keys()),
        sum(entry.rows for entry in found.values()),
        differences,
        broken,
        laws,
        foreign,
    )


def judge_years(settings: Settings, years: Sequence[int], console: Console) -> Verified:
    """The laws alone, on every row of these years, for the end of a run."""
    platform = Platform(settings)
    with platform.read() as warehouse, console.status("Judging") as status:
        return Verified(list(years), laws=_judge(platform, warehouse, years, status.update))


def _recount(warehouse: Warehouse, years: Iterable[int]) -> list[TableYear]:
    counted = [
        TableYear(table, year, *warehouse.recount_days(table, year_days(year))) for table in TABLES for year in years
    ]
    return [entry for entry in counted if entry.rows]


def _judge(platform: Platform, warehouse: Warehouse, years: Iterable[int], tell: Callable[[str], None]) -> list[Judged]:
    judged = {law.name: Judged(law.name) for law in LAWS_BESIDE_DIGESTS}
    for year in years:
        tell(f"Judging {year} by {len(LAWS_BESIDE_DIGESTS)} laws")
        evidence = replace(evidence_of(platform, year).with_database(warehouse), look_at_most=None)
        for verdict in judge(LAWS_BESIDE_DIGESTS, evidence):
            of, result, place = judged[verdict.law.name], verdict.result, f"{verdict.law.asset} {year}"
            for what, number in result.looked_at.items():
                of.looked_at[what] = of.looked_at.get(what, 0) + number
            of.unseen += [f"{place}: {text}" for text in result.unseen]
            if result.violations:
                of.violations += result.violations
                of.places[place] = result.violations
                room = min(EXAMPLES_OF_A_PLACE, EXAMPLES_OF_A_LAW - len(of.examples))
                of.examples += [f"{place}: {example}" for example in result.examples[:room]]
            elif not result.kept:
                of.not_judged.setdefault(verdict.law.asset, []).append(year)
    return list(judged.values())


def _because(law: Judged, asset: str, year: int) -> str:
    """Why a year was not judged, in brackets, if that is known."""
    told = f"{asset} {year}: "
    return next((f" ({text.removeprefix(told)})" for text in law.unseen if text.startswith(told)), "")


def _title(law: Judged) -> str:
    return law.law.replace("_", " ")


def _mark(violations: int) -> str:
    return "[red]broken[/]" if violations else "[green]kept[/]"


def _said(entry: TableYear | None) -> str:
    return "nothing" if entry is None else f"{entry.rows:,} rows with digest {hex_digest(entry.digest)}"


def _span(years: Sequence[int]) -> str:
    if not years:
        return "No year"
    whole = list(years) == list(range(years[0], years[-1] + 1))
    return str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}" if whole else ", ".join(map(str, years))
