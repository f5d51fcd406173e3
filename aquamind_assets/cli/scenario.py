"""``aquamind scenario``: showing, describing and comparing scenarios."""

from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from aquamind_assets.cli.year_choice import UsageError
from aquamind_assets.farm.batches.staging import staged_starts
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.scenario.farm import STAGE_NAMES
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.quantities import Range
from aquamind_assets.timeline import to_date


def show_scenario(console: Console, scenario: Scenario, path: str = "") -> None:
    """Print every parameter below ``path`` with value, unit, meaning and source.

    Raises:
        UsageError: there is nothing at that path.
    """
    lines = [line for line in parameters(scenario) if line[0] == path or line[0].startswith(f"{path}.") or not path]
    if not lines:
        raise UsageError(
            f"{path}: the scenario has {', '.join(sorted({line[0].split('.')[0] for line in parameters(scenario)}))}"
        )
    table = Table(show_edge=False, pad_edge=False)
    for column in ("parameter", "value", "unit", "meaning", "source"):
        table.add_column(column, overflow="fold")
    for line in lines:
        table.add_row(*line)
    console.print(table)


def parameters(model: BaseModel, prefix: str = "") -> list[tuple[str, str, str, str, str]]:
    """Path, value, unit, meaning and source of every parameter of a scenario or a part of it."""
    lines = []
    for name, spec in type(model).model_fields.items():
        value = getattr(model, name)
        extra = spec.json_schema_extra if isinstance(spec.json_schema_extra, dict) else {}
        lines += _described(
            prefix + name, value, str(extra.get("unit", "")), spec.description or "", str(extra.get("source", ""))
        )
    return lines


def _described(path: str, value: Any, unit: str, meaning: str, source: str) -> list[tuple[str, str, str, str, str]]:
    if isinstance(value, Range):
        return [(path, f"{value.low:g} to {value.high:g}", unit, meaning, source)]
    if isinstance(value, BaseModel):
        return parameters(value, f"{path}.")
    if isinstance(value, list) and value and isinstance(value[0], BaseModel):
        labels = [getattr(entry, "key", getattr(entry, "name", number)) for number, entry in enumerate(value)]
        return [
            line
            for label, entry in zip(labels, value, strict=True)
            for line in _described(f"{path}.{label}", entry, unit, meaning, source)
        ]
    if isinstance(value, dict) and value and all(isinstance(entries, list) for entries in value.values()):
        return [
            (f"{path}.{key}", ", ".join(map(str, entries)), unit, meaning, source) for key, entries in value.items()
        ]
    return [(path, "none" if value is None else str(value), unit, meaning, source)]


def describe(scenario: Scenario) -> str:
    """What a valid scenario makes, in a few lines.

    Raises:
        ScenarioError: the places of staged batches cannot be reached.
    """
    built = build(scenario)
    sea = int((built.containers.area >= 0).sum())
    plan = scenario.farm.batches
    return (
        f"Scenario {scenario.name} is valid; fingerprint {scenario.fingerprint()}.\n"
        f"  history {scenario.first_year}-{scenario.last_year} in {len(scenario.sessions)} sessions\n"
        f"  {len(built.containers):,} containers ({sea:,} in the sea), {len(built.sensors):,} sensors\n"
        f"  {len(built.areas):,} sea areas, {len(built.stations):,} freshwater stations\n"
        f"  {plan.active_min} to {plan.active_max} active batches of about {plan.eggs_mean:,.0f} eggs"
        + _staged(scenario, built)
    )


def _staged(scenario: Scenario, built: Infrastructure) -> str:
    """The staged batches and when they begin, a line each."""
    staging = scenario.farm.batches.staging
    if staging is None:
        return ""
    lines = [f"\n  staged for {staging.date}, from the oldest to the youngest:"]
    for one in staged_starts(scenario, built):
        place = (
            "in the middle"
            if one.left is None
            else f"{one.left} days before it ends"
            if one.stage < Stage.ADULT
            else _harvest(one.left)
        )
        lines.append(
            f"    {STAGE_NAMES[one.stage]}, {place}: begins {to_date(one.start_day)} in"
            f" {scenario.farm.geographies[one.geography].name}"
        )
    return "\n".join(lines)


def _harvest(left: int) -> str:
    days = f"{abs(left)} day" + "s" * (abs(left) != 1)
    return f"{days} before its harvest begins" if left > 0 else f"{days} after its harvest has begun"


def difference(one: Scenario, other: Scenario) -> dict[str, list[str | None]]:
    """Path to the two values where they differ; None where a scenario has no such parameter."""
    left, right = ({line[0]: line[1] for line in parameters(scenario)} for scenario in (one, other))
    return {path: [left.get(path), right.get(path)] for path in {**left, **right} if left.get(path) != right.get(path)}


def show_difference(console: Console, found: dict[str, list[str | None]], one: str, other: str) -> None:
    """Print it."""
    table = Table(show_edge=False, pad_edge=False)
    for column in ("parameter", one, other):
        table.add_column(column, overflow="fold")
    for path, (left, right) in found.items():
        table.add_row(path, left or "·", right or "·")
    console.print(table if found else "No difference.")
