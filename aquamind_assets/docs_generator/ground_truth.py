"""The generated parts of ``docs/ground-truth.md``: frames, columns and enumerations, from their own descriptions.

Belongs here: which frames are ground truth, and their tables. Does not belong here: the meaning of columns
(``ledger.model``, ``records.environmental.sensor_faults``, ``records.corrections.labels``).
"""

import inspect
from collections.abc import Iterator
from dataclasses import fields
from enum import IntEnum
from typing import Any

from aquamind_assets.docs_generator import markdown
from aquamind_assets.ledger import codes
from aquamind_assets.ledger import model as ledger
from aquamind_assets.ledger.frames import Frame
from aquamind_assets.ledger.infrastructure import Containers, FeedContainers, Sensors, Sites
from aquamind_assets.ledger.ledgers import FRAMES
from aquamind_assets.records.corrections import labels, mistakes
from aquamind_assets.records.environmental import sensor_faults

PLACES: dict[str, type[Frame]] = {
    "containers": Containers,
    "sites": Sites,
    "feed_containers": FeedContainers,
    "sensors": Sensors,
}
"""Frames of the infrastructure that rows of the ledger refer to."""

ENUMERATIONS: tuple[type[IntEnum], ...] = (
    codes.Stage,
    codes.Cause,
    codes.Movement,
    codes.HarvestReason,
    codes.BatchStatus,
    codes.TreatmentReason,
    codes.Outcome,
    codes.EventKind,
    sensor_faults.Fault,
    mistakes.Mistake,
)


def parts() -> dict[str, str]:
    """Return the generated parts of the document, by name."""
    return {
        "farm frames": "\n\n".join(_frame(f"{name}.parquet", kind) for name, kind in FRAMES.items()),
        "climate frames": _frame("site_days.parquet", ledger.SiteDays),
        "fault frame": _frame("reading_faults(year, days)", sensor_faults.ReadingFaults),
        "correction frame": _frame("corrected_records(year, days)", labels.CorrectedRecords),
        "place frames": "\n\n".join(_frame(f"infrastructure.{name}", kind) for name, kind in PLACES.items()),
        "enumerations": markdown.table(
            ["enumeration", "values"], [[f"`{kind.__name__}`", _values(kind)] for kind in ENUMERATIONS]
        ),
    }


def _frame(name: str, kind: type[Frame]) -> str:
    meaning = inspect.cleandoc(kind.__doc__ or "").replace("``", "`")
    return "\n\n".join([f"### {name}", meaning, markdown.table(["column", "type", "unit", "meaning"], _columns(kind))])


def _columns(kind: type[Frame]) -> Iterator[list[Any]]:
    for spec in fields(kind):
        yield [spec.name, spec.metadata["dtype"], spec.metadata["unit"], spec.metadata["meaning"]]


def _values(kind: type[IntEnum]) -> str:
    return ", ".join(f"{value.value} {value.name.lower()}" for value in kind)
