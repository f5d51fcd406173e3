"""Typed column frames: the format of all data that the farm produces.

A frame is a frozen dataclass whose fields are numpy columns of one length. Each column declares its dtype, unit and
meaning, so the ledger's documentation, its Parquet schema and the code that fills it cannot diverge.

Belongs here: the base class of frames. Does not belong here: the frames themselves (``model``, ``infrastructure``,
``state``).
"""

from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self, dataclass_transform

import numpy as np


def column(dtype: str, unit: str, meaning: str) -> Any:
    """Declare a column of a frame: numpy dtype (``"str"`` for text), unit (``""`` for none) and meaning."""
    return field(metadata={"dtype": dtype, "unit": unit, "meaning": meaning})


@dataclass_transform(frozen_default=True, field_specifiers=(column,))
class Frame:
    """Base class of all frames. Subclass it and declare columns with :func:`column`; the subclass becomes a frozen
    dataclass.

    Raises:
        ValueError: on construction, if columns differ in length.
    """

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, eq=False)(cls)

    def __post_init__(self) -> None:
        size = None
        for spec in fields(self):
            dtype = object if spec.metadata["dtype"] == "str" else np.dtype(spec.metadata["dtype"])
            values = np.asarray(getattr(self, spec.name)).astype(dtype, copy=False)
            if values.ndim != 1 or (size is not None and values.size != size):
                raise ValueError(
                    f"{type(self).__name__}.{spec.name} has shape {values.shape}, the columns before it have length"
                    f" {size}"
                )
            size = values.size
            object.__setattr__(self, spec.name, values)

    def __len__(self) -> int:
        return getattr(self, fields(self)[0].name).size

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the column names, in order."""
        return tuple(spec.name for spec in fields(cls))

    @classmethod
    def empty(cls) -> Self:
        """Return a frame without rows."""
        return cls(**{name: np.zeros(0) for name in cls.names()})

    @classmethod
    def concat(cls, parts: "list[Self]") -> Self:
        """Return the rows of all parts, in order."""
        if not parts:
            return cls.empty()
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in cls.names()})

    def columns(self) -> dict[str, np.ndarray]:
        """Return the columns by name, in order, without copying the arrays."""
        return {name: getattr(self, name) for name in self.names()}

    def take(self, rows: np.ndarray | slice) -> Self:
        """Return the rows of a boolean mask, of integer positions, or of a slice (views, not copies)."""
        return type(self)(**{name: values[rows] for name, values in self.columns().items()})

    def sorted_by(self, *names: str) -> Self:
        """Return the rows sorted by these columns, the first one most significant. The sort is stable."""
        return self.take(np.lexsort([getattr(self, name) for name in reversed(names)]))
