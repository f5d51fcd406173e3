"""Recorders of what release 2025-08 has too: places, water, batches, feed and health.

Those that write the same tables are the same. Those that release 2026-03 has changed have tables and functions of their
own; they keep their names, so that the graph of assets is one graph.
"""

from dataclasses import replace

from aquamind_assets.records.batch.daily_states import daily_states
from aquamind_assets.records.batch.growth_observations import growth_observations
from aquamind_assets.records.batch.growth_samples import growth_samples
from aquamind_assets.records.batch.mix_events import mix_events
from aquamind_assets.records.batch.mortality_by_stay import mortality_by_stay
from aquamind_assets.records.batch.transfer_workflows import transfer_workflows
from aquamind_assets.records.broodstock.suppliers import egg_suppliers
from aquamind_assets.records.broodstock.tanks import broodstock_tanks
from aquamind_assets.records.finance.accounts import chart_of_accounts
from aquamind_assets.records.finance.companies import batch_cost_centers, companies
from aquamind_assets.records.finance.content_types import content_types
from aquamind_assets.records.finance.harvest_facts import harvest_facts
from aquamind_assets.records.finance.prices import intercompany_policies
from aquamind_assets.records.finance.sales import intercompany_sales
from aquamind_assets.records.fish_traits import fish_traits
from aquamind_assets.records.harvest.harvests import harvests
from aquamind_assets.records.harvest.product_grades import product_grades
from aquamind_assets.records.health.lice_counts_by_type import lice_counts_by_type
from aquamind_assets.records.historian.tags import historian_tags
from aquamind_assets.records.infrastructure.area_groups import area_groups
from aquamind_assets.records.infrastructure.sensor_history import sensor_history
from aquamind_assets.records.inventory.container_summaries import summaries_by_stay
from aquamind_assets.records.inventory.feeding_events import feeding_events
from aquamind_assets.records.inventory.lot_history import lot_history
from aquamind_assets.records.inventory.stock import feed_lots_in_store
from aquamind_assets.records.lice_types import lice_types
from aquamind_assets.records.planning.activities import planned_activities
from aquamind_assets.records.planning.models import projection_models
from aquamind_assets.records.planning.plans import plans, projections
from aquamind_assets.records.planning.templates import activity_templates
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.records.reference_data import reference_data
from aquamind_assets.records.registry import release_2025_08
from aquamind_assets.records.users.people import user_profiles, users

_BEFORE = {one.asset: one for one in release_2025_08.RECORDERS}

_MODEL_TABLES = (
    "scenario_temperatureprofile",
    "scenario_temperaturereading",
    "scenario_tgcmodel",
    "scenario_tgc_model_stage",
    "scenario_fcrmodel",
    "scenario_fcrmodelstage",
    "scenario_mortalitymodel",
    "scenario_mortality_model_stage",
    "scenario_biological_constraints",
    "scenario_stage_constraint",
)

RECORDERS: tuple[Recorder, ...] = (
    replace(
        _BEFORE["reference_data"],
        description=(
            "Master data that all other rows refer to: species, stages, feeds, parameters, reasons, traits of fish with"
            " the meaning of their scores, types of lice, sample types, vaccines, grades of harvested fish, and the"
            " staff who sign records."
        ),
        tables=(
            *_BEFORE["reference_data"].tables,
            "health_parameterscoredefinition",
            "health_licetype",
            "harvest_productgrade",
            "broodstock_eggsupplier",
            "django_content_type",
            "planning_activitytemplate",
            "finance_core_accountgroup",
            "finance_core_account",
            *_MODEL_TABLES,
        ),
        living=(
            users,
            user_profiles,
            reference_data,
            fish_traits,
            lice_types,
            product_grades,
            egg_suppliers,
            content_types,
            activity_templates,
            chart_of_accounts,
            projection_models,
        ),
    ),
    replace(
        _BEFORE["infrastructure"],
        tables=("infrastructure_areagroup", *_BEFORE["infrastructure"].tables),
        events=(*_BEFORE["infrastructure"].events, area_groups, broodstock_tanks),
    ),
    replace(_BEFORE["sensors"], living=(*_BEFORE["sensors"].living, sensor_history)),
    Recorder(
        asset="historian_tags",
        group="historian",
        domain="environmental",
        description="The tag of each sensor in the historian, with its container and parameter.",
        tables=("historian_tag", "historian_tag_link"),
        events=(historian_tags,),
        upstream=("reference_data", "sensors"),
    ),
    _BEFORE["weather"],
    _BEFORE["batches"],
    replace(
        _BEFORE["environmental_readings"],
        description=(
            "Readings of every sensor, several times a day, with the batch and the stay that was in its container. By"
            " far the largest table."
        ),
    ),
    Recorder(
        asset="harvests",
        group="harvest",
        domain="harvest",
        description="Harvests of cages: the event, its fish by quality and size class, and what was cut away as waste.",
        tables=("harvest_harvestevent", "harvest_harvestlot", "harvest_harvestwaste"),
        events=(harvests,),
        upstream=("batches",),
    ),
    Recorder(
        asset="companies",
        group="finance",
        domain="finance",
        description="Companies of each geography, their sites and prices, and cost centers of sites and batches.",
        tables=(
            "finance_dimcompany",
            "finance_dimsite",
            "finance_core_costcenter",
            "finance_core_costcenterbatchlink",
            "finance_intercompanypolicy",
        ),
        living=(companies, batch_cost_centers, intercompany_policies),
        upstream=("reference_data", "infrastructure", "batches"),
    ),
    Recorder(
        asset="harvest_facts",
        group="finance",
        domain="finance",
        description="Each lot of a harvest by company, site, batch and grade.",
        tables=("finance_factharvest",),
        events=(harvest_facts,),
        upstream=("companies", "harvests"),
    ),
    Recorder(
        asset="intercompany",
        group="finance",
        domain="finance",
        description="Sales between the companies of a geography: of smolts that go to sea, and of harvested fish.",
        tables=("finance_intercompanytransaction",),
        events=(intercompany_sales,),
        upstream=("companies", "harvests"),
    ),
    Recorder(
        asset="plans",
        group="planning",
        domain="planning",
        description=(
            "The plan of each batch that hatches on the farm: a scenario of AquaMind with its baseline run, and its"
            " vaccination, transfers, samplings, treatments and harvest as planned: done, open, overdue or cancelled on"
            " the latest day."
        ),
        tables=("scenario", "scenario_projection_run", "planning_plannedactivity"),
        living=(plans, planned_activities),
        upstream=("reference_data", "batches"),
    ),
    replace(
        _BEFORE["transfers"],
        description=(
            "Transfer workflows: stage transfers, splittings and mixings of a batch on a day, with an action for each"
            " move, the water that fish were moved into, and what mixed batches were made of. Harvests have assets of"
            " their own."
        ),
        tables=(
            "batch_batchtransferworkflow",
            "batch_transferaction",
            "environmental_stagetransitionenvironmental",
            "batch_batchmixevent",
            "batch_batchmixeventcomponent",
        ),
        events=(transfer_workflows, mix_events),
        upstream=("batches", "intercompany", "plans"),
    ),
    replace(
        _BEFORE["growth_samples"],
        description="Weekly samples of 20 to 60 fish from every occupied container, with the size of each fish.",
        tables=("batch_growthsample", "batch_individualgrowthobservation"),
        events=(growth_samples, growth_observations),
    ),
    replace(
        _BEFORE["mortality"],
        description="Deaths of each stay by day and cause, those in transfers too, in two tables of the same fish.",
        events=(mortality_by_stay,),
    ),
    replace(
        _BEFORE["lice_counts"],
        description="Sea lice counted on samples of fish, every week, a row for each type of lice.",
        events=(lice_counts_by_type,),
    ),
    replace(_BEFORE["health_samplings"], upstream=(*_BEFORE["health_samplings"].upstream, "plans")),
    _BEFORE["lab_samples"],
    _BEFORE["journal"],
    replace(_BEFORE["treatments"], upstream=("batches", "journal", "plans")),
    _BEFORE["feed_purchases"],
    replace(
        _BEFORE["feed_stock"],
        description="Feed in stock as of the latest simulated day, by lot.",
        tables=("inventory_feedcontainerstock",),
        living=(feed_lots_in_store, lot_history),
    ),
    replace(
        _BEFORE["feeding_events"],
        description="Feedings of every fed container, four meals a day, with the cost of the lots they took.",
        tables=("inventory_feedingevent",),
        events=(feeding_events,),
    ),
    replace(
        _BEFORE["feeding_summaries"],
        description="Feed, growth and feed conversion ratio by month, of each stay and of each batch.",
        tables=("inventory_containerfeedingsummary", "inventory_batchfeedingsummary"),
        events=(summaries_by_stay,),
        upstream=("feeding_events", "growth_samples"),
    ),
    Recorder(
        asset="projections",
        group="planning",
        domain="planning",
        description="The projection of each batch from its first day to its planned end, a row a day.",
        tables=("scenario_scenarioprojection",),
        events=(projections,),
        upstream=("plans",),
    ),
    Recorder(
        asset="daily_states",
        group="batch",
        domain="growth",
        description="Each stay on each day as AquaMind computes it: weight, fish, biomass, deaths, feed, temperature.",
        tables=("batch_actualdailyassignmentstate",),
        events=(daily_states,),
        upstream=("growth_samples", "mortality", "feeding_events", "transfers", "harvests"),
    ),
)
"""The entries."""
