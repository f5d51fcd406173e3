"""What verifying a database finds, as plain values."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

from aquamind_assets.laws.result import LawResult
from aquamind_assets.warehouse.errors import DatabaseDamaged

EXAMPLES_OF_A_PLACE, EXAMPLES_OF_A_LAW = 2, 10
"""Violations that are described: of one asset's year, and of one law over all of them."""


class Findings(list[str]):
    """What is wrong beside rows and laws: damage, checkpoints, claims; each with its place."""

    @contextmanager
    def of_damage(self, place: str) -> Iterator[None]:
        """Take in a damage that the block comes upon, with its place; the rest of the block is left out."""
        try:
            yield
        except DatabaseDamaged as error:
            self.append(f"{place}: {error}")


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

    def add(self, asset: str, year: int, result: LawResult) -> None:
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


@dataclass
class Verification:
    """The result of verifying a database.

    Attributes:
        years: the years that were verified.
        compared: number of table-years whose digests were compared.
        rows: rows in them.
        differences: table-years whose rows are not those that were written.
        findings: what is wrong beside that: damaged pages, indexes and values, checkpoints, claims, copied rows.
        dangling: foreign keys that refer to missing rows, with the number of rows that do.
        laws: the results of the laws; empty where only digests and foreign keys were asked for.
        stale: years with rows of another scenario or code than the laws were checked with.
        left_out: what could not be checked, and why.
    """

    years: list[int]
    compared: int = 0
    rows: int = 0
    differences: list[str] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    dangling: dict[str, int] = field(default_factory=dict)
    laws: list[LawOutcome] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether something was verified, and nothing is wrong."""
        return (
            bool(self.years)
            and not self.differences
            and not self.findings
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
            "findings": self.findings,
            "dangling_foreign_keys": self.dangling,
            "laws": [asdict(law) for law in self.laws],
            "stale_years": self.stale,
            "left_out": self.left_out,
        }
