"""Years recorded into a database one after another, without Dagster: for documents, tests and measurements.

Belongs here: the order of recorders and years. Does not belong here: one asset's year (``writing``), simulating
(``simulation``), runs and events (``assets``).
"""

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter

from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.timeline import DayRange


def recorders_in_order(recorders: Mapping[str, Recorder], assets: Iterable[str] | None = None) -> list[Recorder]:
    """The recorders of these assets (default: all), each after those that its rows refer to."""
    wanted = set(recorders if assets is None else assets)
    order = TopologicalSorter({name: recorder.upstream for name, recorder in recorders.items()}).static_order()
    return [recorders[name] for name in order if name in wanted]


def record_years(
    platform: Platform,
    years: Iterable[int],
    assets: Iterable[str] | None = None,
    days: DayRange | None = None,
    run_id: str = "without Dagster",
) -> None:
    """Write the stored years' rows into the platform's database.

    Args:
        platform: scenario, ledgers and database.
        years: the years, in order; their ledgers are stored.
        assets: names of the recorders to run; None for all.
        days: the only days of which events are recorded; None for all. What is built is written as far as it is over.
        run_id: what the checkpoints name as their run.
    """
    recorders = recorders_in_order(platform.recorders, assets)
    with platform.open() as warehouse:
        for year in years:
            for recorder in recorders:
                writer = platform.writer(recorder, warehouse, run_id)
                writer.write(year, None if recorder.asset in BEFORE_THE_FARM else days)
