"""Changes of any part of a scenario, found by walking its model, so that a new parameter is covered at once.

A change puts another value in place of one node of the document: numbers inside, at, just outside and far outside of
their bounds, other and wrong choices, texts as long as they may be and longer, lists and mappings without an entry,
with an entry twice or in another order, values of another type.
"""

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel

from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.quantities import Range, Within

Path = tuple[str | int, ...]

WRONG = st.sampled_from(
    [None, True, "", " ", "x", "\0", "no", [], {}, [None], {"x": 1}, math.nan, math.inf, -1, 10**400]
)
"""Values of the wrong type for most parameters."""


@dataclass(frozen=True)
class Node:
    """A place in the document, with what its model says of it."""

    path: Path
    kind: Any
    """The annotation, without its constraints."""
    constraints: tuple[Any, ...]


def nodes(document: dict[str, Any]) -> list[Node]:
    """Every place of a scenario's document, models and entries of lists included."""
    return list(_walk((), Scenario, (), document))


def _walk(path: Path, kind: Any, constraints: tuple[Any, ...], value: Any) -> Iterator[Node]:
    if get_origin(kind) is Annotated:
        yield from _walk(path, get_args(kind)[0], constraints + get_args(kind)[1:], value)
        return
    if get_origin(kind) in (Union, type(int | None)):
        chosen = next((one for one in get_args(kind) if one is not type(None) and _fits(one, value)), None)
        if chosen is None:
            yield Node(path, kind, constraints)
        else:
            yield from _walk(path, chosen, constraints, value)
        return
    yield Node(path, kind, constraints)
    if isinstance(kind, type) and issubclass(kind, BaseModel) and not issubclass(kind, Range):
        for name, field in kind.model_fields.items():
            yield from _walk((*path, name), field.annotation, tuple(field.metadata), value[name])
    elif get_origin(kind) is list:
        for number, entry in enumerate(value):
            yield from _walk((*path, number), get_args(kind)[0], (), entry)
    elif get_origin(kind) is dict:
        for name, entry in value.items():
            yield from _walk((*path, name), get_args(kind)[1], (), entry)


def _fits(kind: Any, value: Any) -> bool:
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return isinstance(value, dict)
    return isinstance(value, get_origin(kind) or kind) or (kind is float and isinstance(value, int))


def at(document: Any, path: Path) -> Any:
    """The value of a place."""
    for step in path:
        document = document[step]
    return document


def put(document: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """A copy of the document with another value at a place."""
    if not path:
        return value
    changed = copy.deepcopy(document)
    at(changed, path[:-1])[path[-1]] = value
    return changed


def allowed(node: Node, now: Any) -> st.SearchStrategy[Any]:
    """Other values for a place whose value is ``now``, of which the place's own annotation says nothing bad; what the
    other parameters say is another matter."""
    kind = node.kind
    if kind is bool:
        return st.booleans()
    if kind in (int, float):
        return _numbers(node, now)
    if kind is str:
        return _text(node, now)
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Range):
        return _ranges(node, now)
    if isinstance(now, list) and len(now) > 1:
        return st.one_of(st.permutations(now), st.integers(0, len(now) - 1).map(lambda one: now[:one] + now[one + 1 :]))
    if isinstance(now, dict) and get_origin(kind) is dict and now:
        return st.sampled_from(sorted(now)).map(lambda one: {key: now[key] for key in now if key != one})
    return st.just(now)


def beyond(node: Node, now: Any) -> st.SearchStrategy[Any]:
    """Values that the place's annotation, or the rest of the scenario, does not allow in most cases."""
    kind, constraints = node.kind, list(_flat(node.constraints))
    others: list[st.SearchStrategy[Any]] = [WRONG]
    if kind in (int, float):
        low, high = _bounds(node)
        inside = min(max(now, low), high)
        others.append(st.sampled_from([low - 1, high + 1, low - 1000, -inside, inside * 1e6]))
    elif kind is str:
        longest = next((one.max_length for one in constraints if isinstance(one, annotated_types.MaxLen)), 40)
        others.append(st.sampled_from(["x" * (longest + 1), f"{now}\0", f" {now}", f"{now}\n", "\ud800"]))
    elif isinstance(kind, type) and issubclass(kind, Range):
        within = _within(node)
        others.append(
            st.sampled_from(
                [
                    {"low": within.low - 1, "high": within.high},
                    {"low": within.low, "high": within.high + 1},
                    {"low": now["high"] + 1, "high": now["low"]},
                ]
            )
        )
    elif isinstance(now, list) and now:
        others += [st.just([*now, now[0]]), st.just([]), st.just([*now, None])]
    elif isinstance(now, dict) and now:
        others += [
            st.sampled_from(sorted(now)).map(lambda one: {(f"{key}x" if key == one else key): now[key] for key in now}),
            st.sampled_from(sorted(now)).map(lambda one: {key: now[key] for key in now if key != one}),
        ]
    return st.one_of(others)


def _flat(constraints: tuple[Any, ...]) -> Iterator[Any]:
    """Constraints, those inside of ``Field(...)`` too."""
    for one in constraints:
        yield from getattr(one, "metadata", ()) or (one,)


def _bounds(node: Node) -> tuple[float, float]:
    """The lowest and the highest number; every number of a scenario has both."""
    low, high = -math.inf, math.inf
    for one in _flat(node.constraints):
        low = float(getattr(one, "ge", getattr(one, "gt", low)))
        high = float(getattr(one, "le", getattr(one, "lt", high)))
    assert math.isfinite(low), f"{node.path} has no lowest value"
    assert math.isfinite(high), f"{node.path} has no highest value"
    return low, high


def _numbers(node: Node, now: Any) -> st.SearchStrategy[Any]:
    low, high = _bounds(node)
    # An earlier change may have put a number there that no float holds.
    inside = min(max(now, low), high)
    near = [low, high, *(inside * factor for factor in (0.5, 0.9, 1.1, 2, 3))]
    if node.kind is int:
        whole = [round(one) for one in near if low <= round(one) <= high]
        return st.one_of(st.integers(math.ceil(low), math.floor(high)), st.sampled_from(whole))
    return st.one_of(st.floats(low, high), st.sampled_from([one for one in near if low <= one <= high]))


def _within(node: Node) -> Within:
    for one in _flat(node.constraints):
        if isinstance(one, AfterValidator) and isinstance(one.func, Within):
            return one.func
    raise AssertionError(f"the range {node.path} has no bounds")


def _ranges(node: Node, now: dict[str, float]) -> st.SearchStrategy[Any]:
    within = _within(node)
    ends: st.SearchStrategy[float] = st.floats(within.low, within.high)
    if within.whole:
        ends = st.integers(round(within.low), round(within.high))
    near = [{name: end * factor for name, end in now.items()} for factor in (0.5, 0.9, 1.1, 2.0)]
    near += [{"low": within.low, "high": within.low}, {"low": within.high, "high": within.high}]
    fitting = [
        {name: round(end) if within.whole else end for name, end in one.items()}
        for one in near
        if within.low <= one["low"] and one["high"] <= within.high
    ]
    return st.one_of(
        st.tuples(ends, ends).map(lambda pair: {"low": min(pair), "high": max(pair)}), st.sampled_from(fitting)
    )


def _text(node: Node, now: str) -> st.SearchStrategy[Any]:
    constraints = list(_flat(node.constraints))
    most = next((one.max_length for one in constraints if isinstance(one, annotated_types.MaxLen)), 40)
    pattern = next((one.pattern for one in constraints if getattr(one, "pattern", None)), None)
    if pattern:
        return st.from_regex(pattern.replace("$", r"\Z"), alphabet="abcABC012_-:").filter(lambda one: len(one) <= most)
    letters = st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Zs"))
    return st.one_of(
        st.text(letters, min_size=1, max_size=most),
        st.sampled_from(["x" * most, "æ" * most, "\U0001f41f" * most, now.upper()]),
    )


def _alike(document: dict[str, Any]) -> list[list[Node]]:
    """The places, those together that differ by the entry of a list or mapping only: each parameter is one group."""
    groups: dict[Path, list[Node]] = {}
    for node in nodes(document):
        place = tuple("*" if isinstance(step, int) else step for step in node.path)
        groups.setdefault(place, []).append(node)
    return list(groups.values())


@st.composite
def documents(draw: st.DrawFn, base: dict[str, Any]) -> dict[str, Any]:
    """The base document with one to three changes, nine of ten of them allowed by their own place."""
    document = base
    alike = _alike(base)
    for _ in range(draw(st.integers(1, 3))):
        node = draw(st.sampled_from(draw(st.sampled_from(alike))))
        try:
            now = at(document, node.path)
        except (KeyError, IndexError, TypeError):
            continue
        if type(now) is type(at(base, node.path)):
            change = beyond if draw(st.integers(0, 9)) == 0 else allowed
            document = put(document, node.path, draw(change(node, now)))
    return document
