"""Scenarios from presets, YAML files and single changed values."""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from aquamind_assets.durable_files import usable
from aquamind_assets.errors import UserError
from aquamind_assets.scenario.explaining import explain, is_open_mapping, names_at
from aquamind_assets.scenario.merging import MergeError, label, merge, plain, suggestion
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.scenario_text import Remove, YamlError, read_yaml
from aquamind_assets.scenario.water_files import inline_water

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

    A file says ``extends: <preset or file beside it>`` and then only what differs (:mod:`merging
    <aquamind_assets.scenario.merging>`). A change is written like ``farm.batches.eggs_mean=200000`` or
    ``health.diseases.PD.days.high=80``; its value takes the place of what was there, and ``!remove`` leaves it out.

    Where a file or a change gives ``first_year`` or ``last_year`` and no sessions, those of what it extends are fitted:
    the last one is shortened or lengthened, and those outside are left out.

    Where batches are staged, ``first_year``, ``last_year`` and the years of sessions may be counted from that date:
    ``staging`` (its year), ``staging - 1 years``, ``staging - 1250 days`` (the year of that day).

    Args:
        source: a preset's name, or a YAML file.
        changes: ``path=value`` changes, applied in order.
        yesterday: asked, where the staging date is ``yesterday``, for the day that this means, with the scenario's
            :func:`staging_key`.

    Raises:
        ScenarioError: no such preset or file, not YAML, an unknown path, values outside their ranges, or ``yesterday``
            where the day is not known.
    """
    document, fits_sessions = _document(source, changes)
    key = _key(document)
    if key is not None:
        if yesterday is None:
            raise ScenarioError(
                f"scenario {source}: farm.batches.staging.date = '{YESTERDAY}': the day is not known here; give a day,"
                " as in 2025-03-31"
            )
        _staging(document)["date"] = yesterday(key)
    _count_years(document)
    if fits_sessions:
        _fit_sessions(document)
    try:
        return Scenario.model_validate(document)
    except ValidationError as error:
        raise ScenarioError(explain(error, str(source), document)) from None


def staging_key(source: str | Path, changes: Sequence[str] = ()) -> str | None:
    """Sixteen hex digits of a scenario whose staging date is ``yesterday``, as it is given, to remember that day by;
    None for every other scenario.

    Raises:
        ScenarioError: no such preset or file, not YAML, or an unknown path.
    """
    return _key(_document(source, changes)[0])


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


def _count_years(document: dict[str, Any]) -> None:
    """Puts numbers in place of years that are counted from the staging date."""
    day = _staging(document).get("date")
    sessions = document.get("sessions")
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day)
        except ValueError:
            return
    if isinstance(day, date):
        for place in [document, *(sessions if isinstance(sessions, list) else [])]:
            for name in ("first_year", "last_year"):
                if isinstance(place, dict) and isinstance(place.get(name), str):
                    place[name] = _counted_year(place[name], day)


def _counted_year(given: str, day: date) -> int | str:
    found = _RELATIVE_YEAR.fullmatch(given.strip())
    if found is None:
        return given
    amount = int(found[1] or 0)
    return (day - timedelta(days=amount)).year if found[2] == "days" else day.year - amount


def _fit_sessions(document: dict[str, Any]) -> None:
    """Shortens or lengthens inherited sessions to the years of the history."""
    sessions, first, last = (document.get(name) for name in ("sessions", "first_year", "last_year"))
    if not isinstance(sessions, list) or not sessions or not all(isinstance(one, dict) for one in sessions):
        return
    years = [one.get(name) for one in sessions for name in ("first_year", "last_year")]
    if not all(isinstance(year, int) for year in (*years, first, last)):
        return
    kept = [dict(one) for one in sessions if one["last_year"] >= first and one["first_year"] <= last]
    if not kept:
        kept = [dict(sessions[-1] if first > sessions[-1]["last_year"] else sessions[0])]
    kept[0]["first_year"], kept[-1]["last_year"] = first, last
    document["sessions"] = kept


def _document(source: str | Path, changes: Sequence[str]) -> tuple[dict[str, Any], bool]:
    """What a source says, with changes applied, and whether its sessions are to be fitted to its years."""
    document, fits = _read(str(source), Path.cwd(), ())
    for change in changes:
        path, separator, value = change.partition("=")
        if not separator:
            raise ScenarioError(f"change {change!r}: write path=value, as in farm.batches.eggs_mean=200000")
        try:
            parsed = read_yaml(value)
        except YamlError as error:
            raise ScenarioError(
                f"change {change!r}: {value!r} is not YAML ({error}); write a number, text or [a, list]"
            ) from None
        _set(document, path.strip().split("."), parsed, change)
        fits = _fits(fits, {path.strip().split(".")[0]})
    return document, fits


def _fits(before: bool, given: set[str]) -> bool:
    """Whether sessions are to be fitted, after a file or change that gives these parameters."""
    return "sessions" not in given and (before or bool({"first_year", "last_year"} & given))


def _read(source: str, folder: Path, before: tuple[str, ...]) -> tuple[dict[str, Any], bool]:
    """The document of a preset or file, with what it extends, and whether its sessions are to be fitted; ``before`` are
    those that extend it."""
    path = None if source in preset_names() else _found(folder / source, source)
    place, beside = (f"preset {source}", folder) if path is None else (str(path), path.parent)
    if place in before:
        raise ScenarioError(f"{place} extends itself: {' extends '.join((*before, place))}")
    try:
        document = deepcopy(_preset(source)) if path is None else read_yaml(_text(path))
    except YamlError as error:
        raise ScenarioError(f"{place} is not YAML, {error}") from None
    if not isinstance(document, dict):
        raise ScenarioError(f"{place} must be a mapping at its top, not {type(document).__name__}")
    parent = document.pop("extends", None)
    if parent is not None and not isinstance(parent, str):
        raise ScenarioError(f"{place}: extends = {parent!r}; allowed: the name of a preset or of a file beside it")
    base, fits = ({}, False) if parent is None else _read(parent, beside, (*before, place))
    if base and not document:
        # An empty mapping inside a file replaces what is there; a file that says nothing changes nothing.
        return base, fits
    try:
        inline_water(document, beside)
        return (merge(base, document) if base else plain(document)), bool(base) and _fits(fits, set(document))
    except MergeError as error:
        raise ScenarioError(f"{place}: {error}") from None


@cache
def _preset(name: str) -> Any:
    """The document of a preset's own file. A process loads its scenario several times, and most of that time went into
    reading the same presets again."""
    return read_yaml((resources.files("aquamind_assets.scenario") / "presets" / f"{name}.yaml").read_text("utf-8"))


def _found(path: Path, source: str) -> Path:
    try:
        if path.is_file():
            return path.resolve()
    except (OSError, ValueError):
        pass
    raise ScenarioError(f"no scenario {source!r}: give a YAML file or one of the presets {', '.join(preset_names())}")


def _text(path: Path) -> str:
    try:
        with usable("the scenario", path):
            return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise ScenarioError(f"{path} is not YAML: it is not text in UTF-8") from None


def _set(document: Any, path: list[str], value: Any, change: str) -> None:
    place, steps = document, path
    at: tuple[Any, ...] = ()
    while True:
        position, used = _position(place, steps, at, change)
        at, steps = (*at, position), steps[used:]
        if not steps:
            break
        place = place[position]
    if isinstance(value, Remove):
        if not (isinstance(place, list) and position < len(place)) and not (
            isinstance(place, dict) and position in place
        ):
            raise ScenarioError(f"change {change!r}: !remove of what is not there")
        del place[position]
        return
    try:
        place[position] = plain(value)
    except MergeError as error:
        raise ScenarioError(f"change {change!r}: {error}") from None


def _position(place: Any, steps: list[str], at: tuple[Any, ...], change: str) -> tuple[Any, int]:
    """Key or position of the first of ``steps``, and how many of them it takes: a name may have dots."""
    labels = [label(entry) for entry in place] if isinstance(place, list) else []
    for used in range(len(steps), 0, -1):
        step = ".".join(steps[:used])
        if isinstance(place, dict) and step in place:
            return step, used
        if step in labels:
            return labels.index(step), used
    if isinstance(place, list) and steps[0].isdigit() and int(steps[0]) < len(place):
        return int(steps[0]), 1
    known = names_at(at)
    if isinstance(place, dict) and len(steps) == 1 and (is_open_mapping(at) or steps[0] in known):
        return steps[0], 1
    if isinstance(place, dict):
        allowed = known or list(place)
    elif isinstance(place, list):
        allowed = [one for one in labels if one is not None] or [f"0 to {len(place) - 1}"]
    else:
        allowed = ["nothing below a single value"]
    hint = suggestion(steps[0], allowed).replace(" allowed:", " allowed here:")
    raise ScenarioError(f"change {change!r}: {steps[0]!r} is not there{hint}")
