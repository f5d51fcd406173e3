"""Scenarios from presets, YAML files and single changed values."""

from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from aquamind_assets.scenario.model import Scenario


class ScenarioError(ValueError):
    """A scenario that cannot be used; the message names each wrong place, its value and what is allowed."""


def preset_names() -> list[str]:
    """Names of the presets that come with the package."""
    folder = resources.files("aquamind_assets.scenario") / "presets"
    return sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def load_scenario(source: str | Path = "demo", changes: Sequence[str] = ()) -> Scenario:
    """The scenario of a preset's name or of a YAML file, with ``path=value`` changes applied on top.

    A file says ``extends: <preset or file beside it>`` and then only what differs. In lists of named things (geographies, stages, diseases, feeds, ...) the
    entries are merged by their ``name`` or ``key``; other lists replace what was there. A change is written like ``farm.batches.eggs_mean=200000`` or
    ``health.diseases.PD.days.high=80``.

    Raises:
        ScenarioError: no such preset or file, not YAML, an unknown path, or values outside their ranges.
    """
    document = _read(str(source), Path.cwd())
    for change in changes:
        path, separator, value = change.partition("=")
        if not separator:
            raise ScenarioError(f"change {change!r}: write path=value, as in farm.batches.eggs_mean=200000")
        _set(document, path.strip().split("."), yaml.safe_load(value), change)
    try:
        return Scenario.model_validate(document)
    except ValidationError as error:
        raise ScenarioError(_explain(error, str(source), document)) from None


def _read(source: str, folder: Path) -> dict[str, Any]:
    if source in preset_names():
        text, place, beside = (resources.files("aquamind_assets.scenario") / "presets" / f"{source}.yaml").read_text("utf-8"), f"preset {source}", folder
    else:
        path = Path(source) if Path(source).is_absolute() else folder / source
        if not path.is_file():
            raise ScenarioError(f"no scenario {source!r}: give a YAML file or one of the presets {', '.join(preset_names())}")
        text, place, beside = path.read_text("utf-8"), str(path), path.parent
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScenarioError(f"{place} is not YAML: {error}") from None
    if not isinstance(document, dict):
        raise ScenarioError(f"{place} must be a mapping at its top, not {type(document).__name__}")
    parent = document.pop("extends", None)
    return document if parent is None else _merge(_read(str(parent), beside), document)


def _merge(base: Any, change: Any) -> Any:
    if isinstance(base, dict) and isinstance(change, dict):
        return base | {key: _merge(base[key], value) if key in base else value for key, value in change.items()}
    if isinstance(base, list) and isinstance(change, list):
        known = [_label(entry) for entry in base]
        if change and None not in known and all(_label(entry) in known for entry in change):
            by_label = {_label(entry): entry for entry in change}
            return [_merge(entry, by_label[label]) if (label := _label(entry)) in by_label else entry for entry in base]
    return change


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
    """The steps to a place, with the label of a list's entry instead of its position, so that the path can be given to a change."""
    steps, place = [], document
    for step in location:
        try:
            place = place[step]
        except (KeyError, IndexError, TypeError):
            place = None
        label = _label(place) if isinstance(step, int) else None
        steps.append(str(step if label is None else label))
    return steps
