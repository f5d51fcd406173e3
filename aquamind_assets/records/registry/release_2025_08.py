"""The recorders of AquaMind's release 2025-08: one entry of this table is one asset.

Belongs here: the entries. A new kind of record is a function in a module of its own, an entry here, and a test. Does
not belong here: making rows.
"""

from aquamind_assets.records.batch.batches import batches
from aquamind_assets.records.batch.compositions import compositions
from aquamind_assets.records.batch.growth_samples import growth_samples
from aquamind_assets.records.batch.mortality_events import mortality_events
from aquamind_assets.records.batch.transfers import transfers
from aquamind_assets.records.environmental.readings import environmental_readings
from aquamind_assets.records.environmental.weather import photoperiod, weather
from aquamind_assets.records.health.journal.entries import journal_entries
from aquamind_assets.records.health.lab_samples import lab_samples
from aquamind_assets.records.health.lice_counts import lice_counts
from aquamind_assets.records.health.mortality_records import mortality_records
from aquamind_assets.records.health.samplings import health_samplings
from aquamind_assets.records.health.treatments import treatments
from aquamind_assets.records.infrastructure.places import infrastructure, sensors
from aquamind_assets.records.inventory.feeding_events import feeding_events
from aquamind_assets.records.inventory.feeding_summaries import feeding_summaries
from aquamind_assets.records.inventory.stock import (
    feed_lots_in_store,
    feed_purchases,
    feed_stock_history,
    feed_stocks,
    used_up_lots,
)
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.records.reference_data import health_parameters, reference_data
from aquamind_assets.records.users.people import user_profiles, users

RECORDERS: tuple[Recorder, ...] = (
    Recorder(
        asset="reference_data",
        group="infrastructure",
        domain="infrastructure",
        description=(
            "Master data that all other rows refer to: species, stages, feeds, parameters, reasons, sample types,"
            " vaccines, and the staff who sign records."
        ),
        tables=(
            "auth_user",
            "users_userprofile",
            "batch_species",
            "batch_lifecyclestage",
            "environmental_environmentalparameter",
            "inventory_feed",
            "health_healthparameter",
            "health_sampletype",
            "health_vaccinationtype",
            "health_mortalityreason",
        ),
        living=(users, user_profiles, reference_data, health_parameters),
    ),
    Recorder(
        asset="infrastructure",
        group="infrastructure",
        domain="infrastructure",
        description=(
            "Everything commissioned in the year: geographies, sea areas, stations, halls, container types, containers"
            " with their history, silos and barges. They stand on those of the years before, so these years are"
            " materialized first."
        ),
        tables=(
            "infrastructure_geography",
            "infrastructure_area",
            "infrastructure_freshwaterstation",
            "infrastructure_hall",
            "infrastructure_containertype",
            "infrastructure_container",
            "infrastructure_historicalcontainer",
            "infrastructure_feedcontainer",
        ),
        events=(infrastructure,),
        upstream=("reference_data",),
    ),
    Recorder(
        asset="sensors",
        group="environmental",
        domain="environmental",
        description="Every sensor installed by the end of the year, with its last calibration.",
        tables=("infrastructure_sensor",),
        living=(sensors,),
        upstream=("infrastructure",),
    ),
    Recorder(
        asset="weather",
        group="environmental",
        domain="environmental",
        description="Weather of the sea areas four times a day, and their day length.",
        tables=("environmental_weatherdata", "environmental_photoperioddata"),
        events=(weather, photoperiod),
        upstream=("infrastructure",),
    ),
    Recorder(
        asset="environmental_readings",
        group="environmental",
        domain="environmental",
        description=(
            "Readings of every sensor, several times a day, with the batch that was in its container. By far the"
            " largest table."
        ),
        tables=("environmental_environmentalreading",),
        sized=(environmental_readings,),
        upstream=("sensors", "batches"),
    ),
    Recorder(
        asset="batches",
        group="batch",
        domain="batches",
        description=(
            "Batches and their stays in containers as of the latest simulated day, the history of batches, and the"
            " composition of mixed batches."
        ),
        tables=("batch_batch", "batch_batchcontainerassignment", "batch_historicalbatch", "batch_batchcomposition"),
        living=(batches, compositions),
        upstream=("reference_data", "infrastructure"),
    ),
    Recorder(
        asset="transfers",
        group="batch",
        domain="batches",
        description="Stage transfers, splittings, harvests and mixings, and the water that fish were moved into.",
        tables=("batch_batchtransfer", "environmental_stagetransitionenvironmental"),
        events=(transfers,),
        upstream=("batches",),
    ),
    Recorder(
        asset="growth_samples",
        group="batch",
        domain="growth",
        description="Weekly samples of 20 to 60 fish from every occupied container: weight, length, condition.",
        tables=("batch_growthsample",),
        events=(growth_samples,),
        upstream=("batches",),
    ),
    Recorder(
        asset="mortality",
        group="batch",
        domain="mortality",
        description="Deaths of each batch by day and cause, and the same deaths by container.",
        tables=("batch_mortalityevent", "health_mortalityrecord"),
        events=(mortality_events, mortality_records),
        upstream=("batches",),
    ),
    Recorder(
        asset="feed_purchases",
        group="inventory",
        domain="feed",
        description="Feed purchases: product, quantity, supplier and price.",
        tables=("inventory_feedpurchase",),
        living=(feed_purchases,),
        upstream=("reference_data", "infrastructure"),
    ),
    Recorder(
        asset="feeding_events",
        group="inventory",
        domain="feed",
        description=(
            "Feedings of every fed container, four meals a day, with the cost of the lots they took, and the stock"
            " after each delivery and feeding."
        ),
        tables=("inventory_feedingevent", "inventory_historicalfeedstock"),
        events=(feeding_events, feed_stock_history),
        upstream=("batches", "feed_purchases", "feed_stock"),
    ),
    Recorder(
        asset="feed_stock",
        group="inventory",
        domain="feed",
        description="Feed in stock as of the latest simulated day, by silo or barge and by lot.",
        tables=("inventory_feedstock", "inventory_feedcontainerstock"),
        living=(feed_stocks, feed_lots_in_store),
        gone=used_up_lots,
        upstream=("feed_purchases",),
    ),
    Recorder(
        asset="feeding_summaries",
        group="inventory",
        domain="feed",
        description="Feed, growth and feed conversion ratio of each batch by month.",
        tables=("inventory_batchfeedingsummary",),
        events=(feeding_summaries,),
        upstream=("feeding_events",),
    ),
    Recorder(
        asset="lice_counts",
        group="health",
        domain="health",
        description="Sea lice counted on samples of fish, every week.",
        tables=("health_licecount",),
        events=(lice_counts,),
        upstream=("batches",),
    ),
    Recorder(
        asset="treatments",
        group="health",
        domain="health",
        description=(
            "Treatments and vaccinations, with dose, withholding period, and outcome as of the latest simulated day."
        ),
        tables=("health_treatment",),
        living=(treatments,),
        upstream=("batches",),
    ),
    Recorder(
        asset="health_samplings",
        group="health",
        domain="health",
        description=(
            "Monthly health samples of 10 to 30 fish: weight, length and condition of each fish, and its scores from"
            " gills to appetite."
        ),
        tables=("health_healthsamplingevent", "health_individualfishobservation", "health_fishparameterscore"),
        events=(health_samplings,),
        upstream=("batches",),
    ),
    Recorder(
        asset="lab_samples",
        group="health",
        domain="health",
        description=(
            "Laboratory samples, quarterly and on suspicion of an outbreak, with results as of the latest simulated"
            " day."
        ),
        tables=("health_healthlabsample",),
        living=(lab_samples,),
        upstream=("batches",),
    ),
    Recorder(
        asset="journal",
        group="health",
        domain="health",
        description=(
            "The fish health journal: weekly rounds, issues, diagnoses, treatments, moves and accidents, with their"
            " resolution as of the latest simulated day."
        ),
        tables=("health_journalentry",),
        living=(journal_entries,),
        upstream=("batches",),
    ),
)
"""Recorders in the best order for writing a whole year."""
