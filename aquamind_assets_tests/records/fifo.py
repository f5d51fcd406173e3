"""A second, simple implementation of first in, first out, that the tests compare the records with."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Store:
    """A feed container: its lots, oldest first, as [grams left, cents per kilogram], and the cost of the feed taken out
    so far in thousandths of a cent."""

    lots: deque[list[int]] = field(default_factory=deque)
    spent: int = 0

    def receive(self, grams: int, cents_per_kg: int) -> None:
        self.lots.append([grams, cents_per_kg])

    def give(self, grams: int) -> int:
        """Take feed out and return its charge in cents, such that all charges add up to the cost so far, rounded
        down."""
        before = self.spent
        while grams:
            lot = self.lots[0]
            taken = min(grams, lot[0])
            self.spent += taken * lot[1]
            lot[0] -= taken
            grams -= taken
            if not lot[0]:
                self.lots.popleft()
        return self.spent // 1000 - before // 1000

    @property
    def grams(self) -> int:
        return sum(grams for grams, _ in self.lots)

    @property
    def value_millicents(self) -> int:
        return sum(grams * price for grams, price in self.lots)


def levels(changes: Iterable[int], opening: int = 0) -> list[int]:
    """Return the stock after each change."""
    result = []
    for change in changes:
        opening += change
        result.append(opening)
    return result
