"""What a file or a change says, put into what it extends.

Belongs here: documents of plain values. Does not belong here: reading text (``scenario_text``), ranges (the model).

A mapping is merged key by key; an empty one takes the place of what was there. A list of named entries (geographies,
stages, diseases, feeds, ...) is merged by their ``key`` or ``name``, whether it is written as a list or as a mapping of
these names, and entries with new names are added. Everything else takes the place of what was there, and so does what
stands behind ``!replace``. ``!remove`` leaves out a key or a named entry.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from aquamind_assets.scenario.scenario_text import Remove, Replace


class MergeError(ValueError):
    """A part that is not there; the message names the place and what is."""


def merge(base: Any, change: Any, path: str = "") -> Any:
    """The base with a change put into it; neither is altered.

    Raises:
        MergeError: something is removed that is not there, or an entry is no mapping.
    """
    if isinstance(change, Replace):
        return plain(change.value, path)
    if isinstance(base, dict) and isinstance(change, dict) and change:
        return _merge_mapping(base, change, path)
    if isinstance(base, list) and base and None not in map(label, base):
        if isinstance(change, dict) and change:
            return _merge_entries(base, change, path)
        if isinstance(change, list) and change and None not in map(label, change):
            _refuse_twice([label(entry) for entry in change], path)
            return _merge_entries(base, {label(entry): entry for entry in change}, path)
    return plain(change, path)


def _merge_mapping(base: dict[str, Any], change: dict[str, Any], path: str) -> dict[str, Any]:
    merged = dict(base)
    for key, value in change.items():
        where = _below(path, key)
        if isinstance(value, Remove):
            if key not in base:
                raise MergeError(f"{where}: !remove of what is not there{suggestion(key, base)}")
            del merged[key]
        else:
            merged[key] = merge(base[key], value, where) if key in base else plain(value, where)
    return merged


def _merge_entries(base: list[Any], change: Mapping[Any, Any], path: str) -> list[Any]:
    field = "key" if "key" in base[0] else "name"
    known = {label(entry): entry for entry in base}
    merged = dict(known)
    for name, entry in change.items():
        where = _below(path, name)
        if isinstance(entry, Remove):
            if name not in known:
                raise MergeError(f"{where}: !remove of what is not there{suggestion(name, known)}")
            del merged[name]
        elif name in known:
            merged[name] = merge(known[name], entry, where)
        elif isinstance(entry, Mapping):
            merged[name] = {field: name, **plain(entry, where)}
        elif isinstance(entry, Replace) and isinstance(entry.value, Mapping):
            merged[name] = {field: name, **plain(entry.value, where)}
        else:
            raise MergeError(f"{where} = {entry!r}: not an entry that is there{suggestion(name, known)}")
    return list(merged.values())


def _refuse_twice(names: Sequence[Any], path: str) -> None:
    twice = sorted({shown(name) for name in names if names.count(name) > 1})
    if twice:
        raise MergeError(f"{path}: {', '.join(twice)} given more than once; allowed: each once")


def plain(value: Any, path: str = "") -> Any:
    """A value that is merged into nothing, without marks.

    Raises:
        MergeError: something is removed where there is nothing.
    """
    if isinstance(value, Remove):
        raise MergeError(f"{path or '(whole scenario)'}: !remove where there is nothing to remove")
    if isinstance(value, Replace):
        return plain(value.value, path)
    if isinstance(value, dict):
        return {key: plain(entry, _below(path, key)) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry, f"{path}.{number}") for number, entry in enumerate(value)]
    return value


def shown(name: Any) -> str:
    """Return a name as messages show it: on one line, with control characters escaped."""
    text = str(name)
    return text if text.isprintable() else repr(text)


def _below(path: str, name: Any) -> str:
    return f"{path}.{shown(name)}".lstrip(".")


def label(entry: Any) -> Any:
    """What an entry of a list is called: its key, else its name; None if it has none."""
    found = entry.get("key", entry.get("name")) if isinstance(entry, Mapping) else None
    return found if isinstance(found, str) else None


def suggestion(name: Any, known: Any) -> str:
    """The end of a message about an unknown name: the nearest one there is, and all of them."""
    names = [shown(one) for one in known]
    near = get_close_matches(str(name), names, n=1)
    nearest = f"; did you mean {near[0]}?" if near else ""
    return f"{nearest or ';'} allowed: {', '.join(names) or 'nothing'}"
