"""Which assets of a year are written by their steps, and which by a process beside: what both processes see.

An asset is written beside only when the steps of all that its rows refer to are complete, their checks included. A step
waits for the chunk under way at most: it takes over what is left.

There is no lock that a killed process could leave closed. Each list is set by one of the two processes alone; should
both take an asset in the same instant, the lock of its year in the database, which ends with its holder, lets one of
them write after the other.

Belongs here: the shared state. Does not belong here: writing (``ahead``), the steps' process (``beside``).
"""

import time
from collections.abc import Callable
from ctypes import Array, c_byte
from dataclasses import dataclass
from multiprocessing.context import BaseContext

FREE, TAKEN, LEFT = range(3)
"""Of an asset: the process beside has not touched it; writes it; has written it, or left the rest to its step."""

NOT_BEGUN, BEGUN, COMPLETE = range(3)
"""Of the step of an asset."""

STEPS_AHEAD = 4
"""So many steps pass before the process beside has read what it needs and has committed its first chunk."""

_LOOKS_EVERY_S = 0.05


@dataclass(frozen=True)
class Shares:
    """The assets of a year and who writes them.

    Attributes:
        needs: of each asset those that its rows refer to, in the order of the steps.
        beside: where the process beside stands with each asset.
        steps: where the step of each asset stands.
    """

    needs: dict[str, tuple[str, ...]]
    beside: Array[c_byte]
    steps: Array[c_byte]

    @classmethod
    def among(cls, context: BaseContext, needs: dict[str, tuple[str, ...]]) -> "Shares":
        """Shares of these assets, of which nothing is written."""
        return cls(needs, context.RawArray("b", len(needs)), context.RawArray("b", len(needs)))

    def take_beside(self, allowed: Callable[[str], bool]) -> str | None:
        """The asset that the process beside is to write now: the last one that is allowed and has what it needs, and
        whose step will not come at once. Waits until there is one; None when there will be none."""
        while True:
            left = [one for one in reversed(self._later()) if self._is_free(one) and allowed(one)]
            ready = next((one for one in left if all(map(self._is_complete, self.needs[one]))), None)
            if ready is not None:
                self.beside[self._number(ready)] = TAKEN
                if not self.wanted(ready):
                    return ready
                self.leave(ready)
            elif not left:
                return None
            else:
                time.sleep(_LOOKS_EVERY_S)

    def wanted(self, asset: str) -> bool:
        """Whether the asset's step has begun, and wants to go on with what is written beside."""
        return self.steps[self._number(asset)] != NOT_BEGUN

    def leave(self, asset: str) -> None:
        """Note that the process beside has written what it will of an asset."""
        self.beside[self._number(asset)] = LEFT

    def take_for_step(self, asset: str, alive: Callable[[], bool]) -> bool:
        """Leave an asset to its step, once the chunk under way is committed, as long as the process beside is alive;
        whether it was begun beside."""
        if asset not in self.needs:
            return False
        number = self._number(asset)
        self.steps[number] = BEGUN
        while self.beside[number] == TAKEN and alive():
            time.sleep(_LOOKS_EVERY_S)
        return self.beside[number] != FREE

    def complete(self, asset: str) -> None:
        """Note that the step of an asset is complete."""
        if asset in self.needs:
            self.steps[self._number(asset)] = COMPLETE

    def _later(self) -> list[str]:
        """The assets whose steps do not come within the next few."""
        to_come = [one for one in self.needs if not self.wanted(one)]
        return to_come[STEPS_AHEAD:]

    def _number(self, asset: str) -> int:
        return list(self.needs).index(asset)

    def _is_free(self, asset: str) -> bool:
        number = self._number(asset)
        return self.beside[number] == FREE and self.steps[number] == NOT_BEGUN

    def _is_complete(self, asset: str) -> bool:
        return self.steps[self._number(asset)] == COMPLETE
