"""Scenarios from presets, YAML files and single changed values."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from aquamind_assets.durable_files import usable
from aquamind_assets.errors import UserError
from aquamind_assets.scenario.model import Scenario

YESTERDAY = "yesterday"
"""What a staging date may say instead of a day."""

_RELATIVE_YEAR = re.compile(r"staging(?: - (\d{1,5}) (days|years))?")


class ScenarioError(UserError):
    """A scenario that cannot be used; the message names each wrong place, its value and what is allowed."""


def preset_names() -> list[str]:
    """Names of the presets that come with the package."""
    folder = resources.files("aquamind_assets.scenario") / "presets"
    return sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def load_scenario(
    source: str | Path = "demo", changes: Sequence[str] = (), yesterday: Callable[[str], date] | None = None
) -> Scenario:
    """The scenario of a preset's name or of a YAML file, with ``path=value`` changes applied on top.

    A file says ``extends: <preset or file beside it>`` and then only what differs. In lists of named things
    (geographies, stages, diseases, feeds, ...) the entries are merged by their ``name`` or ``key``; other lists replace
    what was there. A change is written like ``farm.batches.eggs_mean=200000`` or ``health.diseases.PD.days.high=80``.

    Where batches are staged, ``first_year``, ``last_year`` and the years of sessions may be counted from that date:
    ``staging`` (its year), ``staging - 1 years``, ``staging - 1250 days`` (the year of that day).

    Args:
        source: a preset's name, or a YAML file.
        changes: ``path=value`` changes, applied in order.
        yesterday: asked, where the staging date is ``yesterday``, for the day that this means, with the scenario's
            :func:`staging_key`.

    Raises:
        ScenarioError: no such preset or file, not YAML, an unknown path, values outside their ranges, or ``yesterday``
            is not known where it is meant.
    """
    document = _document(source, changes)
    key = _key(document)
    if key is not None:
        if yesterday is None:
            raise ScenarioError(
                f"scenario {source}: farm.batches.staging.date = '{YESTERDAY}': the day is not known here; give a date,"
                " as in 2025-03-31"
            )
        _staging(document)["date"] = yesterday(key)
    _tell_years(document)
    try:
        return Scenario.model_validate(document)
    except ValidationError as error:
        raise ScenarioError(_explain(error, str(source), document)) from None


def staging_key(source: str | Path, changes: Sequence[str] = ()) -> str | None:
    """Sixteen hex digits of a scenario whose staging date is ``yesterday``, as it is written, to remember that day by;
    None for every other scenario.

    Raises:
        ScenarioError: no such preset or file, not YAML, or an unknown path.
    """
    return _key(_document(source, changes))


def _key(document: dict[str, Any]) -> str | None:
    if _staging(document).get("date") != YESTERDAY:
        return None
    return hashlib.blake2b(json.dumps(document, sort_keys=True, default=str).encode(), digest_size=8).hexdigest()


def _staging(document: dict[str, Any]) -> dict[str, Any]:
    """The part of a document that stages batches, itself; an empty one where there is none."""
    place: Any = document
    for step in ("farm", "batches", "staging"):
        place = place.get(step) if isinstance(place, dict) else None
    return place if isinstance(place, dict) else {}


def _tell_years(document: dict[str, Any]) -> None:
    """Puts numbers in place of years that are counted from the staging date."""
    day = _staging(document).get("date")
    sessions = document.get("sessions")
    if isinstance(day, date):
        for place in [document, *(sessions if isinstance(sessions, list) else [])]:
            for name in ("first_year", "last_year"):
                if isinstance(place, dict) and isinstance(place.get(name), str):
                    place[name] = _counted_year(place[name], day)


def _counted_year(text: str, day: date) -> int | str:
    found = _RELATIVE_YEAR.fullmatch(text.strip())
    if found is None:
        return text
    amount = int(found[1] or 0)
    return (day - timedelta(days=amount)).year if found[2] == "days" else day.year - amount


def _document(source: str | Path, changes: Sequence[str]) -> dict[str, Any]:
    """What a source says, with changes applied."""
    document = _read(str(source), Path.cwd(), ())
    for change in changes:
        path, separator, value = change.partition("=")
        if not separator:
            raise ScenarioError(f"change {change!r}: write path=value, as in farm.batches.eggs_mean=200000")
        try:
            parsed = yaml.safe_load(value)
        except yaml.YAMLError:
            raise ScenarioError(
                f"change {change!r}: {value!r} is not YAML; write a number, text or [a, list]"
            ) from None
        _set(document, path.strip().split("."), parsed, change)
    return document


def _read(source: str, folder: Path, before: tuple[str, ...]) -> dict[str, Any]:
    """The document of a preset or file, with what it extends; ``before`` are those that extend it."""
    if source in preset_names():
        text, place, beside = (
            (resources.files("aquamind_assets.scenario") / "presets" / f"{source}.yaml").read_text("utf-8"),
            f"preset {source}",
            folder,
        )
    else:
        path = Path(source) if Path(source).is_absolute() else folder / source
        if not path.is_file():
            raise ScenarioError(
                f"no scenario {source!r}: give a YAML file or one of the presets {', '.join(preset_names())}"
            )
        text, place, beside = _text(path), str(path), path.parent
    if place in before:
        raise ScenarioError(f"{place} extends itself: {' extends '.join((*before, place))}")
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScenarioError(f"{place} is not YAML: {error}") from None
    if not isinstance(document, dict):
        raise ScenarioError(f"{place} must be a mapping at its top, not {type(document).__name__}")
    parent = document.pop("extends", None)
    return document if parent is None else _merge(_read(str(parent), beside, (*before, place)), document)


def _text(path: Path) -> str:
    try:
        with usable("the scenario", path):
            return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise ScenarioError(f"{path} is not YAML: it is not text in UTF-8") from None


def _merge(base: Any, change: Any) -> Any:
    if isinstance(base, dict) and isinstance(change, dict):
        return base | {key: _merge(base[key], value) if key in base else value for key, value in change.items()}
    if isinstance(base, list) and isinstance(change, list):
        known = [_label(entry) for entry in base]
        if change and None not in known and all(_label(entry) in known for entry in change):
            by_label = {_label(entry): entry for entry in change}
            return [_merge(entry, by_label[label]) if (label := _label(entry)) in by_label else entry for entry in base]
    if isinstance(base, list) and isinstance(change, dict) and base and None not in map(_label, base):
        return _merge_by_label(base, change)
    return change


def _merge_by_label(base: list[Any], change: dict[str, Any]) -> list[Any]:
    """Named entries, changed and added by a mapping of their names."""
    field = "key" if "key" in base[0] else "name"
    known = {_label(entry): entry for entry in base}
    added = {label: entry for label, entry in change.items() if label not in known and isinstance(entry, Mapping)}
    return [_merge(entry, change.get(label, {})) for label, entry in known.items()] + [
        {field: label, **entry} for label, entry in added.items()
    ]


def _label(entry: Any) -> Any:
    return entry.get("key", entry.get("name")) if isinstance(entry, Mapping) else None


def _set(document: Any, path: list[str], value: Any, change: str) -> None:
    place = document
    for step in path[:-1]:
        place = place[_position(place, step, change)]
    place[_position(place, path[-1], change)] = value


def _position(place: Any, step: str, change: str) -> Any:
    if isinstance(place, dict):
        allowed = [str(key) for key in place]
        if step in place:
            return step
    elif isinstance(place, list):
        labels = [_label(entry) for entry in place]
        allowed = [str(label) for label in labels if label is not None] or [f"0 to {len(place) - 1}"]
        if step in labels:
            return labels.index(step)
        if step.isdigit() and int(step) < len(place):
            return int(step)
    else:
        allowed = ["nothing below a single value"]
    raise ScenarioError(f"change {change!r}: {step!r} is not there; allowed here: {', '.join(allowed)}")


def _explain(error: ValidationError, source: str, document: Any) -> str:
    lines = [f"scenario {source} has {error.error_count()} wrong value(s):"]
    for one in error.errors():
        where = ".".join(_readable(one["loc"], document)) or "(whole scenario)"
        given = "" if isinstance(one["input"], (dict, list)) else f" = {one['input']!r}"
        lines.append(f"  {where}{given}: {one['msg']}")
    return "\n".join(lines)


def _readable(location: tuple[int | str, ...], document: Any) -> list[str]:
    """The steps to a place, with the label of a list's entry instead of its position, so that the path can be given to
    a change."""
    steps, place = [], document
    for step in location:
        try:
            place = place[step]
        except (KeyError, IndexError, TypeError):
            place = None
        label = _label(place) if isinstance(step, int) else None
        steps.append(str(step if label is None else label))
    return steps
