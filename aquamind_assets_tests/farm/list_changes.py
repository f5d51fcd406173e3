"""How each list of the scenario may change without reaching what it does not concern."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets_tests.golden.digests import FAULTS

Entry = Any
Document = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """How one list (or mapping) of the scenario may change without reaching anything else.

    Attributes:
        new: an entry without an effect, made of those there are, as a pair for a mapping; None: every entry has one.
        fixed: why the order of the entries has a meaning, empty where it has none.
        adds: tables and frames that get rows about the new entry.
        leaves_out: columns in which the new entry has its effect.
        where: which of the lists at this path, by the section that holds it.
        at_end: whether the new entry comes last.
    """

    new: Callable[[Any], Entry] | None = None
    fixed: str = ""
    adds: frozenset[str] = frozenset()
    leaves_out: frozenset[str] = frozenset()
    where: Callable[[Document], bool] = lambda _: True
    at_end: bool = False


def like(**changes: Any) -> Callable[[list[Document]], Document]:
    return lambda entries: {**deepcopy(entries[-1]), **changes}


def of_key(called: str, /, **changes: Any) -> Callable[[list[Document]], Document]:
    def made(entries: list[Document]) -> Document:
        found = next(entry for entry in entries if called in (entry.get("key"), entry.get("name")))
        return {**deepcopy(found), **changes}

    return made


def in_scotland(section: Document) -> bool:
    """No batch starts in the test's Scotland."""
    return section["name"] == "Scotland"


SENSORS = frozenset({"infrastructure_sensor", "environmental_environmentalreading", "ledger.sensor_faults"})
CONTAINERS = SENSORS | {"infrastructure_container", "infrastructure_historicalcontainer"}
SITES = CONTAINERS | {
    "infrastructure_feedcontainer",
    "inventory_feedstock",
    "inventory_historicalfeedstock",
    "ledger.feed_stores",
    "ledger.site_days",
}
AREAS = SITES | {
    "infrastructure_area",
    "auth_user",
    "users_userprofile",
    "environmental_weatherdata",
    "environmental_photoperioddata",
}
STATIONS = SITES | {"infrastructure_freshwaterstation", "infrastructure_hall", "auth_user", "users_userprofile"}

EGG_SUPPLIER = frozenset({"ledger.batches.egg_supplier", "batch_batch.notes", "batch_historicalbatch.notes"})
FEED_SUPPLIER = frozenset(
    {
        "ledger.deliveries.supplier",
        "ledger.feed_lots.supplier",
        "inventory_feedpurchase.supplier",
        "inventory_feedpurchase.batch_number",
    }
)
MANUFACTURER = frozenset({"infrastructure_sensor.manufacturer", "infrastructure_sensor.serial_number"})

CASES: dict[str, Case] = {
    "sessions": Case(fixed="the first one is session 1"),
    "farm.geographies": Case(
        of_key("Scotland", name="Ireland"), adds=AREAS | STATIONS | {"infrastructure_geography"}, at_end=True
    ),
    "farm.geographies[].station_halls": Case(
        like(),
        fixed="halls are lettered in this order",
        adds=SITES | {"infrastructure_hall"},
        leaves_out=frozenset({"infrastructure_freshwaterstation.description"}),
        where=in_scotland,
        at_end=True,
    ),
    "farm.geographies[].area_cages": Case(
        lambda _: ("cage_medium", 1),
        fixed="cages are numbered in this order",
        adds=SITES,
        leaves_out=frozenset({"infrastructure_area.max_biomass"}),
        where=in_scotland,
        at_end=True,
    ),
    "farm.geographies[].sites": Case(
        lambda _: {"name": "Quiet Bay", "latitude": 56.0, "longitude": -5.0, "cages": {"cage_large": 1}},
        fixed="ids are in this order",
        adds=AREAS,
        where=in_scotland,
        at_end=True,
    ),
    "farm.geographies[].sites[].cages": Case(fixed="cages are numbered in this order"),
    "farm.geographies[].sites[].water.days": Case(fixed="days in order"),
    "farm.geographies[].sites[].water.temperature": Case(fixed="each is of a day, or a month"),
    "farm.geographies[].sites[].water.salinity": Case(fixed="each is of a day, or a month"),
    "farm.geographies[].work.working_days": Case(),
    "farm.geographies[].work.plant_days": Case(),
    "farm.geographies[].work.public_holidays": Case(lambda _: "easter+0"),
    "farm.geographies[].smolt_trend": Case(),
    "farm.geographies[].unused_treatments": Case(),
    "farm.geographies[].disease_scale": Case(lambda _: ("ISA", 1.0)),
    "farm.container_types": Case(
        of_key("start_tank", key="spare", name="Spare Tank"), adds=frozenset({"infrastructure_containertype"})
    ),
    "farm.container_types[].stages": Case(),
    "farm.container_types[].probes": Case(
        lambda _: ("turbidity", 1), adds=SENSORS, where=lambda kind: kind["key"] in ("pre_transfer", "cage_large")
    ),
    "farm.stages": Case(fixed="the order of life"),
    "farm.batches.month_weights": Case(fixed="January to December"),
    "farm.batches.egg_suppliers": Case(lambda _: "Nýrogn", leaves_out=EGG_SUPPLIER),
    "farm.batches.stock": Case(fixed="tiny has none: see the test of stocked sites"),
    "farm.batches.sea_transfer_months": Case(),
    "farm.batches.staging.positions": Case(fixed="tiny is not staged: see the test of staged starts"),
    "farm.batches.staging.positions{}": Case(fixed="tiny is not staged: see the test of staged starts"),
    "farm.sea_density": Case(fixed="steps of weight"),
    "health.diseases": Case(
        of_key("PD", key="NEW", name="New Disease", yearly_probability=0.0, stages=[]),
        adds=frozenset({"health_mortalityreason"}),
    ),
    "health.diseases[].stages": Case(),
    "health.diseases[].peak_months": Case(),
    "health.diseases[].treatments": Case(fixed="first choice first"),
    "health.diseases[].coinfection": Case(lambda _: ("ISA", 0.0), where=lambda disease: disease["key"] != "ISA"),
    "health.diseases[].signs.behaviour": Case(),
    "health.diseases[].signs.findings": Case(),
    "health.diseases[].signs.scores": Case(),
    "health.diseases[].signs.blood": Case(),
    "health.treatments": Case(of_key("salt", key="tea", name="Tea bath")),
    "health.vaccines": Case(
        of_key("enhanced", key="new", name="New vaccine", share=0.0), adds=frozenset({"health_vaccinationtype"})
    ),
    "health.vaccines[].diseases": Case(fixed="records name them in this order"),
    "health.lice.connectivity": Case(fixed="tiny has no sites: see the test of connectivity"),
    "health.lice.connectivity{}": Case(fixed="tiny has no sites: see the test of connectivity"),
    "health.lice.treatments": Case(lambda _: ("hydrogen_peroxide", 0.0)),
    "health.mortality.cause_shares_freshwater": Case(lambda _: ("escape", 0.0)),
    "health.mortality.cause_shares_sea": Case(),
    "health.mortality.events": Case(of_key("storm", key="escape", cause="escape", place="cage", per_year=0.0)),
    "feed.feeds": Case(like(name="New feed", stages=[]), adds=frozenset({"inventory_feed"})),
    "feed.feeds[].stages": Case(),
    "feed.quarter_price_factors": Case(fixed="the first to the fourth quarter"),
    "feed.price_trend": Case(),
    "feed.suppliers": Case(lambda _: "Nýtt Fóður", leaves_out=FEED_SUPPLIER),
    "feed.meal_times": Case(fixed="each has its share in meal_shares"),
    "feed.meal_shares": Case(fixed="each is of a time in meal_times"),
    "prices.superior": Case(fixed="one for each size class, the lightest first"),
    "water.parameters": Case(
        of_key("nitrite", key="nitrate", name="Nitrate"), adds=frozenset({"environmental_environmentalparameter"})
    ),
    "water.probes": Case(of_key("temperature", key="thermistor")),
    "water.manufacturers": Case(lambda _: "Nýtól", leaves_out=MANUFACTURER),
}
"""Every list and mapping of the scenario, by its path."""

CHANGING = sorted(path for path, case in CASES.items() if case.new or not case.fixed)


def base_document() -> Document:
    """The smallest farm, with sensor faults, many outbreaks, and without what the cases add."""
    scale = "{IPN: 8, COSTIA: 8, AGD: 10, HSMI: 10, CMS: 10, WU: 10}"
    changes = ["farm.first_year_share=1", f"farm.geographies.Faroe Islands.disease_scale={scale}"]
    document = load_scenario("tiny", [*FAULTS, *changes]).model_dump(mode="json")
    for kind in document["farm"]["container_types"]:
        kind["probes"] = {key: amount for key, amount in kind["probes"].items() if amount}
    water, health = document["water"], document["health"]
    for event in health["mortality"]["events"]:
        event["per_year"] *= 4
    for name in ("parameters", "probes"):
        water[name] = [one for one in water[name] if one["key"] != "nitrate"]
    events = health["mortality"]["events"]
    health["mortality"]["events"] = [one for one in events if one["key"] != "escape"]
    del health["lice"]["treatments"]["hydrogen_peroxide"]
    return document
