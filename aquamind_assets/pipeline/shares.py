"""Which assets of a year are written by their steps, and which by a process beside: what both processes see.

An asset is written beside only when the steps of all that its rows refer to are complete, their checks included. A step
waits for the chunk under way at most: it takes over what is left. One asset, the spare one, has a step that comes last
and shares its chunks among processes: the process beside goes on with it whenever it can write nothing else.

There is no lock that a killed process could leave closed. Each list is set by one of the two processes alone; should
both take an asset in the same instant, the lock of its year in the database, which ends with its holder, lets one of
them write after the other.

Belongs here: the shared state. Does not belong here: writing (``ahead``), the steps' process (``beside``).
"""

import time
from collections.abc import Callable
from ctypes import Array, c_byte
from dataclasses import dataclass
from functools import cached_property
from multiprocessing.context import BaseContext

FREE, TAKEN, PAUSED, LEFT = range(4)
"""Of an asset: the process beside has not touched it; writes it; has written some of it and may go on; has written it,
or left the rest to its step."""

NOT_BEGUN, BEGUN, COMPLETE = range(3)
"""Of the step of an asset."""

STEPS_AHEAD = 2
"""So many steps pass before the process beside has read what it needs and has committed its first chunk."""

LOOKS_EVERY_S = 0.05
"""Seconds between two looks at what the other process has noted."""


@dataclass(frozen=True)
class Shares:
    """The assets of a year and who writes them.

    Attributes:
        needs: of each asset those that its rows refer to, in the order of the steps.
        spare: the spare one.
        beside: where the process beside stands with each asset.
        steps: where the step of each asset stands.
    """

    needs: dict[str, tuple[str, ...]]
    spare: str
    beside: Array[c_byte]
    steps: Array[c_byte]

    @classmethod
    def among(cls, context: BaseContext, needs: dict[str, tuple[str, ...]], spare: str) -> "Shares":
        """Shares of these assets, of which nothing is written."""
        return cls(needs, spare, context.RawArray("b", len(needs)), context.RawArray("b", len(needs)))

    def is_over(self, allowed: Callable[[str], bool]) -> bool:
        """Whether the process beside will have nothing more to write among the assets that it is allowed to."""
        return not any(map(allowed, self._open()))

    def ready(self, allowed: Callable[[str], bool]) -> str | None:
        """The asset that the process beside could write now, the spare one left out: the last one that is allowed and
        has what it needs, and whose step will not come at once; None where there is none."""
        return next((one for one in reversed(self._open()) if one != self.spare and self._may(one, allowed)), None)

    def take(self, allowed: Callable[[str], bool]) -> str | None:
        """Take the asset that is ready; None where there is none."""
        return self._taken(self.ready(allowed))

    def take_spare(self, allowed: Callable[[str], bool]) -> str | None:
        """Take the spare asset; None where it is not to be written now."""
        return self._taken(self.spare if self.spare in self._open() and self._may(self.spare, allowed) else None)

    def _taken(self, asset: str | None) -> str | None:
        if asset is None:
            return None
        self.beside[self._number(asset)] = TAKEN
        if self.wanted(asset):
            self.leave(asset)
            return None
        return asset

    def wanted(self, asset: str) -> bool:
        """Whether the asset's step has begun, and wants to go on with what is written beside."""
        return self.steps[self._number(asset)] != NOT_BEGUN

    def leave(self, asset: str) -> None:
        """Note that the process beside has written what it will of an asset."""
        self.beside[self._number(asset)] = LEFT

    def pause(self, asset: str) -> None:
        """Note that the process beside has written some of an asset, and may go on with it."""
        self.beside[self._number(asset)] = PAUSED

    def take_for_step(self, asset: str, alive: Callable[[], bool]) -> bool:
        """Leave an asset to its step, once the chunk under way is committed, as long as the process beside is alive;
        whether it was begun beside."""
        if asset not in self.needs:
            return False
        number = self._number(asset)
        self.steps[number] = BEGUN
        while self.beside[number] == TAKEN and alive():
            time.sleep(LOOKS_EVERY_S)
        return self.beside[number] != FREE

    def complete(self, asset: str) -> None:
        """Note that the step of an asset is complete."""
        if asset in self.needs:
            self.steps[self._number(asset)] = COMPLETE

    def close(self) -> None:
        """Note that no further step of the year will come: the process beside writes none of its tables any more."""
        for number in range(len(self.needs)):
            self.steps[number] = max(self.steps[number], BEGUN)

    def _open(self) -> list[str]:
        """The assets that the process beside has not begun and whose steps do not come within the next few, and those
        it may go on with, in the order of the steps."""
        to_come = [one for one in self.needs if not self.wanted(one)]
        states = {one: self.beside[self._number(one)] for one in to_come}
        later = set(to_come[STEPS_AHEAD:])
        return [one for one in to_come if states[one] == PAUSED or (states[one] == FREE and one in later)]

    def _may(self, asset: str, allowed: Callable[[str], bool]) -> bool:
        return allowed(asset) and all(map(self._is_complete, self.needs[asset]))

    def _number(self, asset: str) -> int:
        return self._numbers[asset]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {asset: number for number, asset in enumerate(self.needs)}

    def _is_complete(self, asset: str) -> bool:
        return self.steps[self._number(asset)] == COMPLETE
