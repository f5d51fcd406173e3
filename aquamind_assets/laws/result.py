"""The result of a law: what was checked, and what violates the law.

Belongs here: the result of every law, and collecting it. Does not belong here: the laws themselves, and Dagster
(``assets.asset_checks``).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

MAX_EXAMPLES = 5
"""Number of violations that are described in a result."""


@dataclass(frozen=True)
class LawResult:
    """The result of one law for one year.

    Attributes:
        checked: number of things checked, by kind, such as ``{"container-days": 4200}``.
        violations: number of violations.
        examples: descriptions of the first violations, at most :data:`MAX_EXAMPLES`.
        not_checked: what was skipped or could not be checked, and why.
        empty_reason: why there is nothing to check, if that is known. A law that checked nothing passes only with a
            reason.
    """

    checked: Mapping[str, int]
    violations: int = 0
    examples: tuple[str, ...] = ()
    not_checked: tuple[str, ...] = ()
    empty_reason: str = ""

    @property
    def total_checked(self) -> int:
        """Number of things checked, of all kinds."""
        return sum(self.checked.values())

    @property
    def passed(self) -> bool:
        """Whether there are no violations, and something was checked or the reason why not is known."""
        return not self.violations and (self.total_checked > 0 or bool(self.empty_reason))

    def __str__(self) -> str:
        checked = ", ".join(f"{number:,} {kind}" for kind, number in self.checked.items() if number)
        if self.violations:
            violations = "1 violation" if self.violations == 1 else f"{self.violations:,} violations"
            return f"{violations} in {checked or 'what was checked'}: {'; '.join(self.examples)}"
        if self.total_checked:
            return f"Passed: checked {checked}."
        return f"Nothing to check: {self.empty_reason}." if self.empty_reason else "Not checked."


def combine(results: Iterable[LawResult]) -> LawResult:
    """Combine several results into one. A kind that several results checked counts once, with its largest number."""
    parts = list(results)
    checked: dict[str, int] = {}
    for part in parts:
        for kind, number in part.checked.items():
            checked[kind] = max(checked.get(kind, 0), number)
    return LawResult(
        checked,
        sum(part.violations for part in parts),
        tuple(example for part in parts for example in part.examples)[:MAX_EXAMPLES],
        tuple(dict.fromkeys(text for part in parts for text in part.not_checked)),
        "; ".join(dict.fromkeys(part.empty_reason for part in parts if part.empty_reason)),
    )


@dataclass
class ResultBuilder:
    """Collects what a law finds. The attributes are those of :class:`LawResult`."""

    checked: dict[str, int] = field(default_factory=dict)
    violations: int = 0
    examples: list[str] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)
    empty_reason: str = ""

    def count_checked(self, kind: str, number: int) -> None:
        """Add to the number of things of a kind that were checked."""
        self.checked[kind] = self.checked.get(kind, 0) + int(number)

    def add_violations(self, count: int, example: str) -> None:
        """Add violations, with a description of one of them."""
        if count:
            self.violations += int(count)
            self._add_example(example)

    def add_violations_where(self, violated: np.ndarray, describe: Callable[[int], str]) -> None:
        """Add a violation for each position where ``violated`` (bool) is true; ``describe`` describes a position."""
        positions = np.flatnonzero(np.asarray(violated))
        self.violations += positions.size
        for position in positions[: MAX_EXAMPLES - len(self.examples)]:
            self._add_example(describe(int(position)))

    def note_not_checked(self, text: str) -> None:
        """Add a note on something that is not checked. An empty text adds nothing."""
        if text:
            self.not_checked.append(text)

    def skip(self, number: int, what: str) -> None:
        """Note that ``number`` things are not checked. ``what`` names them and the reason. Zero adds nothing."""
        if number:
            self.not_checked.append(f"{number:,} {what}")

    def result(self) -> LawResult:
        """Return what was collected."""
        return LawResult(
            dict(self.checked), self.violations, tuple(self.examples), tuple(self.not_checked), self.empty_reason
        )

    def _add_example(self, example: str) -> None:
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(example)
