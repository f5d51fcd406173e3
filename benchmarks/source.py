"""Readings of a simulated farm, and the rows they refer to."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.pipeline.simulation import simulate_years
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.tables.releases import DEFAULT_RELEASE
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange, chunks_of, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.warehouse import Warehouse

READINGS = "environmental_environmentalreading"
_RECORDER = recorders_of(DEFAULT_RELEASE)["environmental_readings"]


@dataclass(frozen=True)
class Source:
    """The first year of a scenario, simulated."""

    inputs: YearInputs

    @classmethod
    def simulated(cls, scenario_name: str) -> "Source":
        """The first year of a preset or scenario file."""
        scenario = load_scenario(scenario_name)
        infrastructure = build(scenario)
        (first,) = simulate_years(scenario, infrastructure, [scenario.first_year])
        return cls(replace(first.inputs(scenario, infrastructure), release=DEFAULT_RELEASE))

    @property
    def year(self) -> int:
        """The year that is loaded."""
        return self.inputs.year

    @property
    def first_day(self) -> int:
        """Where loading begins: the third chunk of the year, when fish are in the containers."""
        return year_days(self.year).first + 60

    def blocks(self, days: DayRange) -> Iterator[Rows]:
        """Readings of these days."""
        return _RECORDER.rows_of_days(self.inputs, days)

    def write_parents(self, warehouse: Warehouse) -> None:
        """Everything that readings refer to."""
        for name in _upstream(_RECORDER.asset):
            recorder, note = recorders_of(DEFAULT_RELEASE)[name], ("benchmark", "benchmark")
            if recorder.kind == "living":
                warehouse.write_living(
                    ChunkKey(name, self.year, 0),
                    year_days(self.year),
                    *note,
                    recorder.tables,
                    recorder.rows_alive(self.inputs),
                )
                continue
            for chunk in chunks_of(self.year):
                blocks = recorder.rows_of_days(self.inputs, chunk.days)
                warehouse.write_chunk(
                    ChunkKey(name, self.year, chunk.index), chunk.days, *note, recorder.tables, blocks
                )


def _upstream(asset: str) -> list[str]:
    """Assets below this one, each after those it depends on."""
    found: list[str] = []
    for name in recorders_of(DEFAULT_RELEASE)[asset].upstream:
        found += [one for one in [*_upstream(name), name] if one not in found]
    return found
