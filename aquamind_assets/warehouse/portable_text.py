"""Dates, instants and times of day as the text that every database gives and takes: the way Django writes them."""

import numpy as np


def texts(kind: str, values: np.ndarray) -> list[str]:
    """The texts of stored values (see ``tables.values``) of kind ``date``, ``timestamptz`` or ``time``: ``YYYY-MM-DD``,
    ``YYYY-MM-DD HH:MM:SS[.ffffff]``, ``HH:MM:SS[.ffffff]``."""
    if kind == "date":
        return np.datetime_as_string(values.astype("datetime64[D]"), unit="D").tolist()
    instants = values.astype("datetime64[us]")
    found = np.datetime_as_string(instants, unit="s").astype(object)
    exact = values % 1_000_000 != 0
    found[exact] = np.datetime_as_string(instants[exact], unit="us")
    return [text[11:] for text in found] if kind == "time" else [text.replace("T", " ") for text in found]
