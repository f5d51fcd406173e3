"""What the engine writes down while it runs, and the ledger made of it.

Belongs here: buffers and their way into frames. Does not belong here: decisions.
"""

from typing import Any

import numpy as np

from aquamind_assets.ledger.model import Compositions, ContainerDays, Events, LiceCounts, Movements, StageChanges


class Book:
    """Buffers of one year. Rows come day by day; within a day in the order of their ids."""

    def __init__(self) -> None:
        self._container_days: list[dict[str, np.ndarray]] = []
        self._movements: list[dict[str, Any]] = []
        self._stage_changes: list[tuple[int, int, int]] = []
        self._lice_counts: list[dict[str, np.ndarray]] = []
        self._events: list[dict[str, Any]] = []
        self._compositions: list[dict[str, Any]] = []

    def container_days(self, **columns: np.ndarray) -> None:
        """Rows of one day, sorted by container; all columns of ``ContainerDays``."""
        self._container_days.append(columns)

    def movement(self, *, reason: int = -1, **columns: Any) -> None:
        """One row of ``Movements``; ``reason`` is that of a harvest."""
        self._movements.append(columns | {"reason": reason})

    def stage_change(self, batch_id: int, day: int, stage: int) -> None:
        """One row of ``StageChanges``."""
        self._stage_changes.append((day, batch_id, stage))

    def lice_counts(self, **columns: np.ndarray) -> None:
        """Rows of ``LiceCounts`` of one day."""
        self._lice_counts.append(columns)

    def event(self, **columns: Any) -> None:
        """One row of ``Events``."""
        self._events.append(columns)

    def composition(self, **columns: Any) -> None:
        """One row of ``Compositions``."""
        self._compositions.append(columns)

    def frames(self) -> dict[str, Any]:
        """The ledger's frames of what happened, by their names in ``Ledger``."""
        changes = sorted(self._stage_changes)
        return {
            "container_days": _stacked(ContainerDays, self._container_days),
            "movements": _rows(Movements, self._movements),
            "stage_changes": StageChanges(
                batch_id=np.array([row[1] for row in changes], dtype=np.int64),
                day=np.array([row[0] for row in changes], dtype=np.int64),
                stage=np.array([row[2] for row in changes], dtype=np.int64),
            ),
            "lice_counts": _stacked(LiceCounts, self._lice_counts),
            "events": _rows(Events, self._events),
            "compositions": _rows(Compositions, self._compositions),
        }


def _stacked(kind: Any, parts: list[dict[str, np.ndarray]]) -> Any:
    if not parts:
        return kind.empty()
    return kind(**{name: np.concatenate([part[name] for part in parts]) for name in kind.names()})


def _rows(kind: Any, rows: list[dict[str, Any]]) -> Any:
    return kind(**{name: np.array([row[name] for row in rows]) for name in kind.names()}) if rows else kind.empty()
