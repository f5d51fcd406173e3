"""The tables with numbers that people type, and the corrections of each.

Belongs here: which tables. Does not belong here: the corrections (``counts``, ``weights``).

Feed is metered by the feeders, water by sensors, fish by the counters of vessels and plants. Texts
are no numbers. The fish of health samplings are weighed like those of growth samples, and are left as they are.
"""

from collections.abc import Mapping

from aquamind_assets.records.corrections.correction import Corrector
from aquamind_assets.records.corrections.counts import of_lice_counts, of_mortality_events, of_mortality_records
from aquamind_assets.records.corrections.weights import of_growth_observations, of_growth_samples

CORRECTORS: Mapping[str, Corrector] = {
    "batch_mortalityevent": of_mortality_events,
    "health_mortalityrecord": of_mortality_records,
    "health_licecount": of_lice_counts,
    "batch_growthsample": of_growth_samples,
    "batch_individualgrowthobservation": of_growth_observations,
}
"""The corrections, by table."""

TYPED: Mapping[str, str] = {
    "batch_mortalityevent": "count",
    "health_mortalityrecord": "count",
    "health_licecount": "count_value",
    "batch_growthsample": "avg_weight_g",
    "batch_individualgrowthobservation": "weight_g",
}
"""The column of each table with the number that is corrected; in a sample it is computed from the fish."""
