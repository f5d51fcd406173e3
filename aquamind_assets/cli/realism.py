"""``aquamind scenario realism``: a scenario's history beside published figures, without writing a database."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from aquamind_assets.farm.sites import infrastructure
from aquamind_assets.realism.observations import Observations
from aquamind_assets.realism.page import realism_page, simulate_observations
from aquamind_assets.realism.statistics import is_full_scale, measure
from aquamind_assets.realism.targets import Finding, compare, load_targets
from aquamind_assets.scenario.model import Scenario


def judge_history(scenario: Scenario, output: Path | None, console: Console) -> list[Finding]:
    """Simulates the scenario's history in this process, judges it, and writes the page to ``output`` if it is given."""
    places = infrastructure.build(scenario)
    years = simulate_observations(scenario, places)
    observed = Observations.added(
        list(track(years, description="simulating", total=len(scenario.years), console=console, transient=True))
    )
    findings = compare(load_targets(), measure(scenario, places, observed), "decade", full_scale=is_full_scale(places))
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(realism_page(scenario, observed, findings), "utf-8")
    return findings


def as_json(findings: list[Finding]) -> dict[str, Any]:
    """The findings as one document."""
    return {
        one.target.key: {
            "measured": list(one.measured),
            "low": one.target.low,
            "high": one.target.high,
            "verdict": one.verdict,
            "source": one.target.source,
        }
        for one in findings
    }


def show(console: Console, findings: list[Finding]) -> None:
    """The findings as a table; series are shown by their worst value."""
    table = Table("figure", "unit", "band", "measured", "")
    colours = {"inside": "green", "outside": "red", "not measured": "dim"}
    for one in findings:
        place = _worst(one)
        measured = f"{one.measured[place]:.3g}" if one.measured else "-"
        band = f"{one.target.low[place]:.3g} to {one.target.high[place]:.3g}"
        table.add_row(one.target.figure, one.target.unit, band, measured, f"[{colours[one.verdict]}]{one.verdict}[/]")
    console.print(table)


def _worst(finding: Finding) -> int:
    """Position of the value that lies nearest to, or furthest beyond, its border, relative to the width of its band."""
    target = finding.target
    rows = zip(finding.measured, target.low, target.high, strict=False)
    room = [min(value - low, high - value) / max(high - low, 1e-12) for value, low, high in rows]
    return room.index(min(room)) if room else 0
