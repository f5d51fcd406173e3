"""Master data: species, stages, feeds, parameters, reasons, sample types and vaccines.

Belongs here: the content of the rows. Does not belong here: their ids (``master_ids``). A few dozen rows are written
with every year, so that a year can be materialized on its own.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.codes import Cause
from aquamind_assets.records import master_ids as master
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.water import ParameterSpec
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY

_STAGE_TEXTS = (
    "From fertilised egg through hatching to the end of the yolk sac; does not feed.",
    "First feeding until parr marks show.",
    "Freshwater growth with parr marks; vaccination.",
    "Smoltification under light control, until ready for the sea.",
    "First months in the sea.",
    "Grow-out in sea cages until harvest.",
)

_WEIGHT_SPREAD = 3.0
"""Expected weights reach this number of standard deviations of individual fish beyond the mean weights at entry and
exit."""

_REASON_TEXTS = {
    Cause.HANDLING: "Died of crowding, pumping, grading, vaccination or delousing.",
    Cause.DISEASE: "Died of an infection, or was culled because of one.",
    Cause.ENVIRONMENTAL: "Died of poor water, weather or algae.",
    Cause.UNKNOWN: "Cause not established.",
    Cause.PREDATION: "Taken or wounded by birds, seals or other predators.",
    Cause.ESCAPE: "Left through a hole in the net; not dead, but lost.",
}

_PARAMETER_TEXTS = {
    "temperature": "Water temperature.",
    "oxygen": "Oxygen dissolved in the water.",
    "ph": "Acidity of the water.",
    "salinity": "Salt in the water.",
    "co2": "Free carbon dioxide, breathed out by the fish.",
    "turbidity": "Cloudiness by particles.",
    "ammonia": "Ammonia and ammonium together, as nitrogen.",
    "nitrite": "Nitrite, as nitrogen.",
    "nitrate": "Nitrate, as nitrogen.",
}

SCORE_TEXTS = {
    "Gill Condition": (
        "Red, clean filaments.",
        "Slight pallor or a few pale spots.",
        "Patchy mucus, up to a fifth of the surface.",
        "Much mucus or thickened filaments.",
        "Gills largely covered or necrotic.",
    ),
    "Fin Condition": (
        "Whole fins.",
        "Slightly frayed edges.",
        "Erosion of up to a third of a fin.",
        "Erosion of more than a third, bleeding.",
        "Fin lost or infected to its base.",
    ),
    "Skin and Scales": (
        "Intact skin.",
        "A few scales missing.",
        "Scale loss over up to a tenth of the body.",
        "Open sores or bleeding.",
        "Deep ulcers.",
    ),
    "Eye Condition": (
        "Clear eyes.",
        "Slight cloudiness of one eye.",
        "Cataract in one eye.",
        "Cataract or bleeding in both eyes.",
        "Blind, or an eye lost.",
    ),
    "Sea Lice Damage": (
        "No marks of lice.",
        "A few marks.",
        "Grazed skin on head or back.",
        "Open grazing wounds.",
        "Skull or muscle laid bare.",
    ),
    "Spine and Jaw": (
        "Straight spine, normal jaw.",
        "Slight shortening, seen on close look.",
        "Visible deformity, swims normally.",
        "Deformity that hinders swimming or feeding.",
        "Grave deformity; unfit to live.",
    ),
    "Liver Colour": (
        "Even, dark red.",
        "Slightly pale.",
        "Pale or yellowish.",
        "Spotted or bleeding.",
        "Grey or dissolving.",
    ),
    "Mucus Layer": (
        "Thin and even.",
        "Slightly thick.",
        "Thick in patches.",
        "Thick all over.",
        "Sloughing off, skin dry.",
    ),
    "Body Condition": (
        "Full, even body.",
        "Slightly slim.",
        "Slim, belly drawn in.",
        "Thin, spine showing.",
        "Emaciated.",
    ),
    "Swimming and Appetite": (
        "Swims and feeds eagerly.",
        "A little slow to feed.",
        "Sluggish, feeds little.",
        "At the surface or in corners, does not feed.",
        "Lies on its side.",
    ),
}
"""Appearance of a fish with each score, 1 to 5, by health parameter."""

_SAMPLE_TEXTS = {
    "Blood": "Plasma chemistry and haematocrit.",
    "Gill": "Gill swab or arch for PCR and histology.",
    "Tissue": "Heart, kidney and muscle for PCR and histology.",
    "Faecal": "Gut content.",
    "Water": "Water of the container.",
}

_OTHER_PERCENT = 7.0
"""Ash and moisture, not part of a feed's other percentages."""


def reference_data(year: YearInputs) -> Iterator[Rows]:
    """Yield all master data except people and what is scored on fish."""
    yield _species(year)
    yield _stages(year)
    yield _parameters(year)
    yield _feeds(year)
    yield _sample_types(year)
    yield _vaccination_types(year)
    yield _mortality_reasons(year)


def _moment(scenario: Scenario) -> int:
    return master.master_day(scenario) * MICROSECONDS_PER_DAY + 6 * HOUR


def _species(year: YearInputs) -> Rows:
    scenario = year.scenario
    by_key = {parameter.key: parameter.optimal for parameter in scenario.water.parameters}
    temperature, oxygen, ph = (by_key.get(key) for key in ("temperature", "oxygen", "ph"))
    return rows(
        year.tables["batch_species"],
        1,
        id=master.species_id(scenario),
        name="Atlantic Salmon",
        scientific_name="Salmo salar",
        description="Farmed in fresh water to the smolt and in the sea to harvest.",
        optimal_temperature_min=temperature.low if temperature else None,
        optimal_temperature_max=temperature.high if temperature else None,
        optimal_oxygen_min=oxygen.low if oxygen else None,
        optimal_ph_min=ph.low if ph else None,
        optimal_ph_max=ph.high if ph else None,
        created_at=_moment(scenario),
        updated_at=_moment(scenario),
    )


def _stages(year: YearInputs) -> Rows:
    """Expected weights run from the lightest fish at entry to the heaviest fish at exit; lengths follow from W = K L^3
    / 100."""
    scenario = year.scenario
    stages = scenario.farm.stages
    more = {}
    if year.has("batch_lifecyclestage", "typical_duration_days"):
        more["typical_duration_days"] = np.array(
            [round((stage.nominal_days.low + stage.nominal_days.high) / 2) for stage in stages]
        )
    entry = np.array([stage.entry_weight_g for stage in stages])
    leave = np.append(entry[1:], scenario.farm.batches.harvest_weight_g.high)
    spread = _WEIGHT_SPREAD * np.array([stage.weight_cv for stage in stages])
    lightest, heaviest = entry * np.maximum(1 - spread, 0.2), leave * (1 + spread)
    condition = np.array([stage.condition for stage in stages])
    return rows(
        year.tables["batch_lifecyclestage"],
        len(stages),
        id=master.stage_id(scenario, np.arange(len(stages))),
        name=[stage.name for stage in stages],
        species_id=master.species_id(scenario),
        order=np.arange(1, len(stages) + 1),
        description=list(_STAGE_TEXTS),
        expected_weight_min_g=np.maximum(lightest, 0.01),
        expected_weight_max_g=heaviest,
        expected_length_min_cm=np.cbrt(100 * lightest / condition),
        expected_length_max_cm=np.cbrt(100 * heaviest / condition),
        created_at=_moment(scenario),
        updated_at=_moment(scenario),
        **more,
    )


def _parameters(year: YearInputs) -> Rows:
    scenario = year.scenario
    parameters = scenario.water.parameters
    return rows(
        year.tables["environmental_environmentalparameter"],
        len(parameters),
        id=master.parameter_id(scenario, np.arange(len(parameters))),
        name=[_parameter_name(year, one) for one in parameters],
        unit=[one.unit for one in parameters],
        description=[_PARAMETER_TEXTS.get(one.key, "") for one in parameters],
        min_value=np.array([one.acceptance.low for one in parameters], dtype=float),
        max_value=np.array([one.acceptance.high for one in parameters], dtype=float),
        optimal_min=np.array([one.optimal.low for one in parameters], dtype=float),
        optimal_max=np.array([one.optimal.high for one in parameters], dtype=float),
        created_at=_moment(scenario),
        updated_at=_moment(scenario),
    )


def _parameter_name(year: YearInputs, parameter: ParameterSpec) -> str:
    """Return the name of a parameter. The growth assimilation of release 2026-03 looks the temperature up by its name
    in lower case."""
    return parameter.name.lower() if year.release != "2025-08" and parameter.key == "temperature" else parameter.name


def _feeds(year: YearInputs) -> Rows:
    scenario = year.scenario
    feeds = scenario.feed.feeds
    return rows(
        year.tables["inventory_feed"],
        len(feeds),
        id=master.feed_id(scenario, np.arange(len(feeds))),
        created_at=_moment(scenario),
        updated_at=_moment(scenario),
        is_active=True,
        name=[feed.name for feed in feeds],
        brand=[feed.brand for feed in feeds],
        size_category=[feed.size_category for feed in feeds],
        pellet_size_mm=np.array([feed.pellet_size_mm for feed in feeds], dtype=float),
        protein_percentage=np.array([feed.protein_percent for feed in feeds], dtype=float),
        fat_percentage=np.array([feed.fat_percent for feed in feeds], dtype=float),
        carbohydrate_percentage=np.array(
            [
                min(feed.carbohydrate_percent, max(0.0, 100 - _OTHER_PERCENT - feed.protein_percent - feed.fat_percent))
                for feed in feeds
            ]
        ),
        description=[
            f"For {', '.join(feed.stages)}" + (f" from {feed.from_weight_g:g} g." if feed.from_weight_g else ".")
            for feed in feeds
        ],
    )


def health_parameters(year: YearInputs) -> Iterator[Rows]:
    """Yield ``health_healthparameter`` with the meaning of its scores 1 to 5, as in release 2025-08."""
    scenario = year.scenario
    names = master.HEALTH_PARAMETERS
    yield rows(
        year.tables["health_healthparameter"],
        len(names),
        id=master.health_parameter_id(scenario, np.arange(len(names))),
        name=list(names),
        is_active=True,
        created_at=_moment(scenario),
        updated_at=_moment(scenario),
        **{f"description_score_{score}": [SCORE_TEXTS[name][score - 1] for name in names] for score in range(1, 6)},
    )


def _sample_types(year: YearInputs) -> Rows:
    scenario = year.scenario
    names = master.SAMPLE_TYPES
    return rows(
        year.tables["health_sampletype"],
        len(names),
        id=master.sample_type_id(scenario, np.arange(len(names))),
        name=list(names),
        description=[_SAMPLE_TEXTS[name] for name in names],
    )


def _vaccination_types(year: YearInputs) -> Rows:
    scenario = year.scenario
    vaccines = scenario.health.vaccines
    return rows(
        year.tables["health_vaccinationtype"],
        len(vaccines),
        id=master.vaccination_type_id(scenario, np.arange(len(vaccines))),
        name=[vaccine.name for vaccine in vaccines],
        manufacturer=[vaccine.manufacturer for vaccine in vaccines],
        dosage=[vaccine.dosage for vaccine in vaccines],
        description=[
            f"Protects against {', '.join(filter(None, [*one.diseases, one.also_named]))}; given"
            f" {one.days_before_transfer} days before sea transfer."
            for one in vaccines
        ],
    )


def _mortality_reasons(year: YearInputs) -> Rows:
    """UNKNOWN has the id with which AquaMind's own migrations insert it; a database that has it keeps its row."""
    scenario = year.scenario
    causes = list(Cause)
    diseases = scenario.health.diseases
    more = {}
    if year.has("health_mortalityreason", "parent_id"):
        of_disease = np.arange(len(causes) + len(diseases)) >= len(causes)
        parent = master.mortality_reason_id(scenario, np.full(of_disease.size, Cause.DISEASE))
        more["parent_id"] = np.ma.array(parent, mask=~of_disease)
    return rows(
        year.tables["health_mortalityreason"],
        len(causes) + len(diseases),
        id=np.concatenate(
            [
                master.mortality_reason_id(scenario, np.array(causes)),
                master.disease_reason_id(scenario, np.arange(len(diseases))),
            ]
        ),
        name=[master.REASON_NAMES[cause] for cause in causes] + [disease.name for disease in diseases],
        description=[_REASON_TEXTS[cause] for cause in causes]
        + [f"Died of {disease.name} ({disease.key}), diagnosed in the container." for disease in diseases],
        **more,
    )
