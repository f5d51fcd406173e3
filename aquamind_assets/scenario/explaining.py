"""What is wrong with a document, for the person who wrote it: place, value, and what is allowed.

Belongs here: messages about a document that the model refuses. Does not belong here: the model.
"""

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from aquamind_assets.scenario.merging import label, shown, suggestion
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.places import COUNTRY
from aquamind_assets.scenario.quantities import KEY
from aquamind_assets.scenario.supply import CLOCK

LONGEST_VALUE = 60
"""Characters of a wrong value that a message shows."""

MOST_LINES = 20
"""Wrong values that a message lists."""

_HINTS = {
    "bool_type": "allowed: true or false",
    "string_type": "allowed: text; in quotes where it looks like a number",
    "list_type": "allowed: a list, as in [a, b]",
    "dict_type": "allowed: a mapping, as in {name: value}",
    "model_type": "allowed: a mapping of its parameters",
}

_PATTERNS = {
    KEY: "allowed: a letter, then letters, digits, _ and -",
    COUNTRY: "allowed: two capital letters, as in FO, SC or NO",
    CLOCK: "allowed: times of the day, 00:00 to 23:59",
}


def explain(error: ValidationError, source: str, document: Any) -> str:
    """All wrong values of a document, a line each; what a part lacks stands in one line."""
    lines = list(_lines(error, document))
    shown = lines[:MOST_LINES] + ([f"and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else [])
    return "\n  ".join([f"scenario {source} has {len(lines)} wrong value(s):", *shown])


def _lines(error: ValidationError, document: Any) -> Iterator[str]:
    lacking: dict[tuple[int | str, ...], list[str]] = {}
    for one in error.errors():
        if one["type"] == "missing":
            lacking.setdefault(one["loc"][:-1], []).append(str(one["loc"][-1]))
    for one in error.errors():
        place = one["loc"]
        if one["type"] == "missing":
            names = lacking.pop(place[:-1], None)
            if names:
                yield f"{readable(place[:-1], document)}: lacks {', '.join(names)}{_misspelt(place[:-1], document)}"
        elif one["type"] == "extra_forbidden":
            yield f"{readable(place, document)}: not known{suggestion(place[-1], names_at(place[:-1]))}"
        else:
            yield f"{readable(place, document)}{_value(one['input'])}: {_message(one)}"


def _message(one: Any) -> str:
    if one["type"] == "string_pattern_mismatch":
        return _PATTERNS[one["ctx"]["pattern"]]
    if one["type"] in ("too_long", "too_short"):
        context = one["ctx"]
        limit = f"most {context['max_length']}" if one["type"] == "too_long" else f"least {context['min_length']}"
        return f"{context['actual_length']} entries; allowed: at {limit}"
    message = str(one["msg"]).removeprefix("Value error, ")
    hint = _HINTS.get(one["type"])
    return f"{message}; {hint}" if hint else message


def _value(given: Any) -> str:
    if isinstance(given, (dict, list, BaseModel)):
        return ""
    text = repr(given)
    return f" = {text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + '...'}"


def _misspelt(place: tuple[int | str, ...], document: Any) -> str:
    """The end of a message about an incomplete entry: the name of a complete one that is much like its own."""
    if not place or not isinstance(place[-1], int):
        return ""
    entries = _at(document, place[:-1])
    name = label(entries[place[-1]]) if isinstance(entries, list) else None
    others = [other for other in map(label, entries or []) if other not in (None, name)]
    near = suggestion(name, others) if name else ""
    return near.split(" allowed:")[0] + " (a new entry needs every parameter)" if "did you mean" in near else ""


def readable(place: tuple[int | str, ...], document: Any) -> str:
    """A place as a path that can be given to a change: with the name of a list's entry instead of its position,
    where it can be shown."""
    steps = []
    for number, step in enumerate(place):
        if step == "[key]":
            continue
        found = label(_at(document, place[: number + 1])) if isinstance(step, int) else None
        steps.append(found if found is not None and found.isprintable() else shown(step))
    return ".".join(steps) or "(whole scenario)"


def _at(document: Any, place: tuple[int | str, ...]) -> Any:
    for step in place:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def names_at(place: tuple[int | str, ...]) -> list[str]:
    """The parameters that the model has at a place, none where it is no section."""
    kind: Any = Scenario
    for step in place:
        kind = _below(kind, step)
    return list(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def is_open_mapping(place: tuple[int | str, ...]) -> bool:
    """Whether a place is a mapping that may get further names, such as the scale of diseases."""
    kind: Any = Scenario
    for step in place:
        kind = _below(kind, step)
    return get_origin(kind) is dict


def _below(kind: Any, step: int | str) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        field = kind.model_fields.get(str(step))
        kind = field.annotation if field else None
    else:
        kind = get_args(kind)[-1] if get_origin(kind) in (list, dict) else None
    return _bare(kind)


def _bare(kind: Any) -> Any:
    """An annotation without its constraints, and without None."""
    while kind is not None and get_origin(kind) not in (None, list, dict):
        parts = get_args(kind)
        if get_origin(kind) is Annotated:
            kind = parts[0]
        elif type(None) in parts:
            kind = next(one for one in parts if one is not type(None))
        else:
            return kind
    return kind
