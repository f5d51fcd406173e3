"""Years as partitions. Belongs here: the partition definition, and the years of a run. Does not belong here: which
years a command chooses."""

import dagster as dg

from aquamind_assets.scenario.model import Scenario


def yearly(scenario: Scenario) -> dg.TimeWindowPartitionsDefinition:
    """Calendar years from the scenario's first to the running one; the keys grow by one every 1 January.

    Midnight of 1 January keeps every window a whole calendar year; Dagster has no yearly class of its own
    (dagster#12415). ``end_offset=1`` adds the running year, whose window has not ended.
    """
    return dg.TimeWindowPartitionsDefinition(
        cron_schedule="0 0 1 1 *", fmt="%Y", start=str(scenario.first_year), end_offset=1
    )


def years_of_run(run: dg.DagsterRun) -> list[int]:
    """The years that a run is of, in order; empty for a run that is of none."""
    one = run.tags.get("dagster/partition")
    first = run.tags.get("dagster/asset_partition_range_start", one)
    last = run.tags.get("dagster/asset_partition_range_end", one)
    if not (first and last and first.isdigit() and last.isdigit()):
        return []
    return list(range(int(first), int(last) + 1))


def span_of_run(run: dg.DagsterRun) -> str:
    """The years of a run in words, ``2016`` or ``2015-2017``; empty for a run that is of none."""
    years = years_of_run(run)
    return "" if not years else str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
