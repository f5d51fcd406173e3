"""Tests with many cases of one kind: the first ones are its quick proof, the others are slow tests."""

from collections.abc import Iterable
from typing import Any

import pytest


def slow_after(quick: int, cases: Iterable[Any]) -> list[Any]:
    """The cases of a parametrized test or fixture, all but the first ``quick`` marked ``slow``; a tuple is a case of
    several arguments."""
    return [
        case
        if number < quick
        else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.slow)
        for number, case in enumerate(cases)
    ]
