"""Years as partitions. Belongs here: the partition definition and what a key means in days. Does not belong here: which
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


PREVIOUS_YEAR = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)
"""What the farm's year needs of itself. The first year maps to nothing."""
