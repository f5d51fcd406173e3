"""Chance is keyed by names: what a change of the scenario does not reach stays as it was.

Every list of the scenario is changed, several at once: an entry without an effect is added (or, seen from the other
side, taken away), and the entries change places. Two years of a farm are simulated and recorded, and must say the same.
"""

import random
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from aquamind_assets.scenario.model import Scenario
from aquamind_assets_tests.farm.contents import Contents, contents, lacking
from aquamind_assets_tests.farm.list_changes import (
    AREAS,
    CASES,
    CHANGING,
    STATIONS,
    Document,
    base_document,
    in_scotland,
)
from aquamind_assets_tests.records.histories import Simulated, simulated
from aquamind_assets_tests.slow_cases import slow_after

LAST_YEAR = 2016
"""The second year: fish at sea, with lice, outbreaks and treatments."""


# -- the lists of the scenario


def list_like(annotation: Any, path: str = "") -> Iterator[str]:
    """Paths of the lists and mappings below a model, ``[]`` for the entries of a list, ``{}`` for those of a
    mapping."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            yield from list_like(field.annotation, f"{path}.{name}" if path else name)
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin in (list, tuple, set, frozenset, dict):
        yield path
        yield from list_like(inside[-1], path + ("{}" if origin is dict else "[]"))
    elif origin is Annotated:
        yield from list_like(inside[0], path)
    elif origin in (Union, UnionType):
        for one in inside:
            yield from list_like(one, path)


def holders(document: Any, path: str) -> list[tuple[Document, str]]:
    """The sections that hold the lists at a path, and the list's name in them."""
    before, dot, name = path.rpartition(".")
    sections = [document]
    for step in before.split(".") if dot else []:
        sections = [section[step.removesuffix("[]")] for section in sections]
        if step.endswith("[]"):
            sections = [entry for entries in sections for entry in entries]
    return [(section, name) for section in sections]


def test_every_list_of_the_scenario_has_a_case() -> None:
    assert set(list_like(Scenario)) == CASES.keys()


# -- changing them


def changed(document: Document, path: str, luck: random.Random, *, add: bool, reorder: bool) -> None:
    """Changes the lists at a path in place."""
    case = CASES[path]
    for section, name in holders(document, path):
        entries = section[name]
        pairs = list(entries.items()) if isinstance(entries, dict) else list(entries)
        if reorder and not case.fixed:
            luck.shuffle(pairs)
        if add and case.new and case.where(section):
            pairs.insert(len(pairs) if case.at_end else luck.randint(0, len(pairs)), case.new(entries))
        section[name] = dict(pairs) if isinstance(entries, dict) else pairs


@lru_cache(maxsize=1)
def base() -> Simulated:
    return simulated(Scenario.model_validate(base_document()), LAST_YEAR)


@lru_cache(maxsize=64)
def base_contents(leave_out: frozenset[str]) -> Contents:
    return contents(base(), leave_out)


def assert_same(ours: Contents, theirs: Contents, adds: frozenset[str]) -> None:
    """Everything that we have is there; what else is there is about what was added."""
    assert ours.keys() <= theirs.keys()
    for name, frame in ours.items():
        missing = lacking(frame, theirs[name])
        assert missing.empty, f"{name}: {len(missing)} of {len(frame)} rows differ\n{missing.head(3).T}"
    for name, frame in theirs.items():
        more = lacking(frame, ours[name]) if name in ours else frame
        assert more.empty or name in adds, f"{name}: {len(more)} more rows\n{more.head(3).T}"


def assert_unreached_stays(changes: Mapping[str, tuple[bool, bool]], seed: int) -> None:
    """Whether an entry is added and whether the entries change places, by path."""
    document, luck = base_document(), random.Random(seed)
    # In this order: a copy of a geography is made before its lists change.
    for path, (add, reorder) in sorted(changes.items()):
        changed(document, path, luck, add=add, reorder=reorder)
    added = [CASES[path] for path, (add, _) in changes.items() if add]
    leave_out = frozenset[str]().union(*(case.leaves_out for case in added))
    farm = simulated(Scenario.model_validate(document), LAST_YEAR)
    adds = frozenset[str]().union(*(case.adds for case in added))
    assert_same(base_contents(leave_out), contents(farm, leave_out), adds)


def test_what_a_change_of_all_lists_does_not_reach_stays() -> None:
    assert_unreached_stays({path: (True, True) for path in CHANGING}, 0)


@pytest.mark.slow
@given(
    changes=st.fixed_dictionaries({path: st.tuples(st.booleans(), st.booleans()) for path in CHANGING}),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=5, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_a_change_of_some_lists_does_not_reach_stays(changes: Mapping[str, tuple[bool, bool]], seed: int) -> None:
    assert_unreached_stays(changes, seed)


@pytest.mark.parametrize(("number", "adds"), slow_after(1, [("areas", AREAS), ("stations", STATIONS)]))
def test_a_further_place_leaves_the_others_as_they_were(number: str, adds: frozenset[str]) -> None:
    document = base_document()
    scotland = next(one for one in document["farm"]["geographies"] if in_scotland(one))
    scotland[number] += 1
    farm = simulated(Scenario.model_validate(document), LAST_YEAR)
    assert_same(base_contents(frozenset()), contents(farm), adds)


def test_the_base_shows_what_chance_decides() -> None:
    there = base_contents(frozenset())
    few = {"ledger.outbreaks": 5, "ledger.treatments": 3, "ledger.lice_counts": 10, "ledger.events": 3}
    few |= {"ledger.deliveries": 20, "ledger.sensor_faults": 50, "health_journalentry": 100}
    assert {name: len(there[name]) for name in few if len(there[name]) < few[name]} == {}
    assert there["ledger.outbreaks"]["disease"].nunique() > 2


def test_another_seed_is_another_farm() -> None:
    document = base_document() | {"seed": 7}
    other = contents(simulated(Scenario.model_validate(document), LAST_YEAR))
    with pytest.raises(AssertionError):
        assert_same(base_contents(frozenset()), other, frozenset())
