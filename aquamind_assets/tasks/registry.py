"""All tasks."""

from aquamind_assets.tasks.feed_demand import FEED_DEMAND
from aquamind_assets.tasks.harvest_biomass import HARVEST_BIOMASS
from aquamind_assets.tasks.lice_forecast import LICE_FORECASTS
from aquamind_assets.tasks.outbreak_warning import OUTBREAK_WARNING
from aquamind_assets.tasks.sensor_faults import SENSOR_FAULTS
from aquamind_assets.tasks.task import Task
from aquamind_assets.tasks.treatment_outcome import TREATMENT_OUTCOME

TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        SENSOR_FAULTS,
        OUTBREAK_WARNING,
        *LICE_FORECASTS,
        HARVEST_BIOMASS,
        FEED_DEMAND,
        TREATMENT_OUTCOME,
    )
}
"""Tasks by name, in the order of the documents."""
