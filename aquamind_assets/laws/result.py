"""What comes of asking whether a law holds: how much was looked at, what breaks it.

Belongs here: the result of every law, and gathering it. Does not belong here: any law (``laws_*``), and Dagster
(``asset_checks``).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

EXAMPLES = 5
"""Violations that are told in words."""


@dataclass(frozen=True)
class LawResult:
    """What came of one law on one partition.

    Attributes:
        looked_at: how many of what were looked at, such as ``{"container-days": 4200}``.
        violations: how often the law is broken.
        examples: the first violations in words, at most :data:`EXAMPLES`.
        unseen: what could not be looked at or was left out, and why.
        nothing: why there is nothing to look at, where that is known; without it, a law that looked at nothing is not
            kept.
    """

    looked_at: Mapping[str, int]
    violations: int = 0
    examples: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    nothing: str = ""

    @property
    def rows(self) -> int:
        """Everything that was looked at."""
        return sum(self.looked_at.values())

    @property
    def kept(self) -> bool:
        """Whether nothing breaks the law, and something was there that could have, or it is known why not."""
        return not self.violations and (self.rows > 0 or bool(self.nothing))

    def __str__(self) -> str:
        looked = ", ".join(f"{number:,} {what}" for what, number in self.looked_at.items() if number)
        if self.violations:
            return f"{self.violations:,} violations in {looked or 'what was looked at'}: {'; '.join(self.examples)}"
        if self.rows:
            return f"Kept: looked at {looked}."
        return (
            f"Nothing to look at: {self.nothing}." if self.nothing else "Nothing was looked at, so nothing is proved."
        )


def together(results: Iterable[LawResult]) -> LawResult:
    """Several results as one; where several looked at the same things, they count once."""
    parts = list(results)
    looked: dict[str, int] = {}
    for part in parts:
        for what, number in part.looked_at.items():
            looked[what] = max(looked.get(what, 0), number)
    return LawResult(
        looked,
        sum(part.violations for part in parts),
        tuple(example for part in parts for example in part.examples)[:EXAMPLES],
        tuple(dict.fromkeys(text for part in parts for text in part.unseen)),
        "; ".join(dict.fromkeys(part.nothing for part in parts if part.nothing)),
    )


@dataclass
class ResultBuilder:
    """Gathers what a law finds while it looks; see :class:`LawResult`."""

    looked_at: dict[str, int] = field(default_factory=dict)
    violations: int = 0
    examples: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    nothing: str = ""

    def looked(self, what: str, number: int) -> None:
        """So many of ``what`` are looked at."""
        self.looked_at[what] = self.looked_at.get(what, 0) + int(number)

    def broken(self, count: int, example: str) -> None:
        """The law is broken so often; one example."""
        if count:
            self.violations += int(count)
            self._tell(example)

    def each(self, broken: np.ndarray, tell: Callable[[int], str]) -> None:
        """The law is broken at each position where ``broken`` (bool) is true; ``tell`` puts one into words."""
        places = np.flatnonzero(np.asarray(broken))
        self.violations += places.size
        for place in places[: EXAMPLES - len(self.examples)]:
            self._tell(tell(int(place)))

    def note(self, text: str) -> None:
        """Something is not looked at; ``""`` for nothing."""
        if text:
            self.unseen.append(text)

    def leave_out(self, number: int, what: str) -> None:
        """So many things are not looked at, for the reason given in ``what``."""
        if number:
            self.unseen.append(f"{number:,} {what}")

    def result(self) -> LawResult:
        """What was gathered."""
        return LawResult(dict(self.looked_at), self.violations, tuple(self.examples), tuple(self.unseen), self.nothing)

    def _tell(self, example: str) -> None:
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)
