"""Dates, instants and times of day as the text that every database gives and takes: the way Django writes them."""

import numpy as np


def texts(kind: str, values: np.ndarray) -> list[str]:
    """The texts of stored values (see ``tables.values``) of kind ``date``, ``timestamptz`` or ``time``: ``YYYY-MM-DD``,
    ``YYYY-MM-DD HH:MM:SS[.ffffff]``, ``HH:MM:SS[.ffffff]``."""
    if kind == "date":
        return np.datetime_as_string(values.astype("datetime64[D]"), unit="D").tolist()
    whole = np.datetime_as_string(values.astype("datetime64[us]"), unit="s")
    exact = np.datetime_as_string(values.astype("datetime64[us]"), unit="us")
    found = np.where(values % 1_000_000 == 0, whole, exact).tolist()
    return [text[11:] for text in found] if kind == "time" else [text.replace("T", " ") for text in found]
