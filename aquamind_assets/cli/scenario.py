"""``aquamind scenario``: show, check and compare scenarios."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from aquamind_assets.cli.formats import count
from aquamind_assets.cli.options import Changes, Json, Preset, ScenarioFile, print_origins, settings_of
from aquamind_assets.cli.output import print_result
from aquamind_assets.cli.tables import Column, print_table
from aquamind_assets.cli.years import UsageError
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.quantities import Range
from aquamind_assets.settings import Settings

if TYPE_CHECKING:
    from aquamind_assets.ledger.infrastructure import Infrastructure

WIDE = 120
"""A screen narrower than this shows parameters as paragraphs: five columns of text would be a word wide each."""

app = typer.Typer(no_args_is_help=True, help="Show, check and compare scenarios, with every parameter.")


@app.command(epilog="`aquamind scenario show --preset bakkafrost` · `aquamind scenario show farm.batches`")
def show(
    path: Annotated[str, typer.Argument(help="Show only this part, as in `farm.batches`.")] = "",
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    as_json: Json = False,
) -> None:
    """Show every parameter with its value, unit, meaning and source."""
    settings = settings_of(preset, scenario, changes, None, None)
    print_origins(Console(stderr=True, quiet=as_json), settings, ("scenario", "changes"))
    loaded = settings.load_scenario()
    print_result(json.loads(loaded.model_dump_json()), as_json, lambda: show_scenario(Console(), loaded, path))


@app.command(epilog="`aquamind scenario check my_farm.yaml`")
def check(file: Annotated[str, typer.Argument(help="A YAML file or a preset.")], changes: Changes = None) -> None:
    """Check a scenario, and describe what it generates in a few lines."""
    loaded = Settings.load(scenario=file, changes=changes or ()).load_scenario()
    Console().print(describe(loaded), highlight=False)


@app.command(epilog="`aquamind scenario diff demo tiny`")
def diff(
    one: Annotated[str, typer.Argument(help="A preset or a YAML file.")],
    other: Annotated[str, typer.Argument(help="The scenario to compare it with.")],
    as_json: Json = False,
) -> None:
    """Show where two scenarios differ."""
    found = difference(*(Settings.load(scenario=name).load_scenario() for name in (one, other)))
    print_result(found, as_json, lambda: show_difference(Console(), found, one, other))


def show_scenario(console: Console, scenario: Scenario, path: str = "") -> None:
    """Print every parameter below ``path`` with value, unit, meaning and source.

    Raises:
        UsageError: there is nothing at that path.
    """
    lines = [line for line in parameters(scenario) if line[0] == path or line[0].startswith(f"{path}.") or not path]
    if not lines:
        raise UsageError(
            f"{path}: no such part; the scenario has"
            f" {', '.join(sorted({line[0].split('.')[0] for line in parameters(scenario)}))}"
        )
    if console.width >= WIDE:
        columns = [Column(name, wraps=True) for name in ("parameter", "value", "unit", "meaning", "source")]
        print_table(console, columns, [[escape(cell) for cell in line] for line in lines])
        return
    for parameter, value, unit, meaning, source in lines:
        console.print(f"[bold]{escape(parameter)}[/] = {escape(value)} {escape(unit)}".rstrip(), highlight=False)
        text = "; ".join(filter(None, (meaning, source and f"source: {source}")))
        if text:
            console.print(Padding(escape(text), (0, 0, 0, 4)), style="dim", highlight=False)


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
    """What a valid scenario generates, in a few lines.

    Raises:
        ScenarioError: the positions of staged batches cannot be reached.
    """
    from aquamind_assets.farm.sites.infrastructure import build

    built = build(scenario)
    sea = int((built.containers.area >= 0).sum())
    return (
        f"Scenario {scenario.name} is valid; fingerprint {scenario.fingerprint()}.\n"
        f"  history {scenario.first_year}-{scenario.last_year} in {len(scenario.sessions)} sessions\n"
        f"  {len(built.containers):,} containers ({sea:,} in the sea), {len(built.sensors):,} sensors\n"
        f"  {len(built.areas):,} sea areas, {len(built.stations):,} freshwater stations\n"
        + _batches(scenario)
        + _staged(scenario, built)
        + _without_room(scenario, built)
    )


def _batches(scenario: Scenario) -> str:
    """How batches come into the farm: with eggs, into the cages of sites, or both."""
    plan = scenario.farm.batches
    lines = []
    if any(spec.batch_share for spec in scenario.farm.geographies):
        lines.append(f"  {plan.active_min} to {plan.active_max} active batches of about {plan.eggs_mean:,.0f} eggs")
    if plan.stock:
        fish, sites = sum(one.fish for one in plan.stock), len({one.site for one in plan.stock})
        lines.append(f"  {fish:,} fish brought into the sea at {count(sites, 'site')}")
    return "\n".join(lines)


def _without_room(scenario: Scenario, built: "Infrastructure") -> str:
    """A line for each geography in which no batch will start for want of room."""
    from aquamind_assets.farm.batches.first_batch import geographies_without_room

    eggs = scenario.farm.batches.eggs_mean
    return "".join(
        f"\n  Warning: no batch will start in {name}. One of {eggs:,.0f} eggs has no room there: give it more or larger"
        " halls or areas, or fewer eggs."
        for name in geographies_without_room(scenario, built)
    )


def _staged(scenario: Scenario, built: "Infrastructure") -> str:
    """The staged batches and when they begin, a line each."""
    from aquamind_assets.farm.batches.staging import staged_starts
    from aquamind_assets.ledger.codes import Stage
    from aquamind_assets.scenario.stages import STAGE_NAMES
    from aquamind_assets.timeline import to_date

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
    days = count(abs(left), "day")
    return f"{days} before its harvest begins" if left > 0 else f"{days} after its harvest has begun"


def difference(one: Scenario, other: Scenario) -> dict[str, list[str | None]]:
    """Path to the two values where they differ; None where a scenario has no such parameter."""
    left, right = ({line[0]: line[1] for line in parameters(scenario)} for scenario in (one, other))
    return {path: [left.get(path), right.get(path)] for path in {**left, **right} if left.get(path) != right.get(path)}


def show_difference(console: Console, found: dict[str, list[str | None]], one: str, other: str) -> None:
    """Print the parameters that differ, with both values."""
    if not found:
        console.print("No difference.")
        return
    columns = [Column(name, wraps=True) for name in ("parameter", one, other)]
    print_table(
        console, columns, [[escape(path), *(escape(value or "·") for value in pair)] for path, pair in found.items()]
    )
