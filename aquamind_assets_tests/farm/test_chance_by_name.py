"""Chance is keyed by names: what a change of the scenario does not reach stays as it was.

Every list of the scenario is changed, several at once: an entry without an effect is added (or, seen from the other
side, taken away), and the entries change places. Two years of a farm are simulated and recorded, and must say the same.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from aquamind_assets.farm.batches.staging import staged_starts
from aquamind_assets.farm.feed.menu import Menu
from aquamind_assets.farm.processes.events import Events
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.records.users.person_names import FAROESE, NameList
from aquamind_assets.scenario.loading import ScenarioError, load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.streams import ByName, Groups, choose, stream
from aquamind_assets_tests.farm.contents import Contents, contents, lacking
from aquamind_assets_tests.golden.digests import FAULTS
from aquamind_assets_tests.records.histories import Simulated, simulated

LAST_YEAR = 2016
"""The second year: fish at sea, with lice, outbreaks and treatments."""

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
    return lambda entries: {**entries[-1], **changes}


def of_key(called: str, /, **changes: Any) -> Callable[[list[Document]], Document]:
    def made(entries: list[Document]) -> Document:
        return {**next(entry for entry in entries if called in (entry.get("key"), entry.get("name"))), **changes}

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
    "feed.suppliers": Case(lambda _: "Nýtt Fóður", leaves_out=FEED_SUPPLIER),
    "feed.meal_times": Case(fixed="each has its share in meal_shares"),
    "feed.meal_shares": Case(fixed="each is of a time in meal_times"),
    "water.parameters": Case(
        of_key("nitrite", key="nitrate", name="Nitrate"), adds=frozenset({"environmental_environmentalparameter"})
    ),
    "water.probes": Case(of_key("temperature", key="thermistor")),
    "water.manufacturers": Case(lambda _: "Nýtól", leaves_out=MANUFACTURER),
}
"""Every list and mapping of the scenario, by its path."""

CHANGING = sorted(path for path, case in CASES.items() if case.new or not case.fixed)


# -- the lists of the scenario


def list_like(annotation: Any, path: str = "") -> Iterator[str]:
    """Paths of the lists and mappings below a model, ``[]`` for the entries of a list, ``{}`` for those of a
    mapping."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            yield from list_like(field.annotation, f"{path}.{name}" if path else name)
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin in (list, tuple, set, frozenset, dict):
        yield path
        yield from list_like(inside[-1], path + ("{}" if origin is dict else "[]"))
    elif origin is Annotated:
        yield from list_like(inside[0], path)
    elif origin in (Union, UnionType):
        for one in inside:
            yield from list_like(one, path)


def holders(document: Any, path: str) -> list[tuple[Document, str]]:
    """The sections that hold the lists at a path, and the list's name in them."""
    before, dot, name = path.rpartition(".")
    sections = [document]
    for step in before.split(".") if dot else []:
        sections = [section[step.removesuffix("[]")] for section in sections]
        if step.endswith("[]"):
            sections = [entry for entries in sections for entry in entries]
    return [(section, name) for section in sections]


def test_every_list_of_the_scenario_has_a_case() -> None:
    assert set(list_like(Scenario)) == CASES.keys()


# -- changing them


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


def changed(document: Document, path: str, luck: random.Random, *, add: bool, reorder: bool) -> None:
    """Changes the lists at a path in place."""
    case = CASES[path]
    for section, name in holders(document, path):
        entries = section[name]
        pairs = list(entries.items()) if isinstance(entries, dict) else list(entries)
        if reorder and not case.fixed:
            luck.shuffle(pairs)
        if add and case.new and case.where(section):
            pairs.insert(len(pairs) if case.at_end else luck.randint(0, len(pairs)), case.new(entries))
        section[name] = dict(pairs) if isinstance(entries, dict) else pairs


@lru_cache(maxsize=1)
def base() -> Simulated:
    return simulated(Scenario.model_validate(base_document()), LAST_YEAR)


@lru_cache(maxsize=64)
def base_contents(leave_out: frozenset[str]) -> Contents:
    return contents(base(), leave_out)


def assert_same(ours: Contents, theirs: Contents, adds: frozenset[str]) -> None:
    """Everything that we have is there; what else is there is about what was added."""
    assert ours.keys() <= theirs.keys()
    for name, frame in ours.items():
        missing = lacking(frame, theirs[name])
        assert missing.empty, f"{name}: {len(missing)} of {len(frame)} rows differ\n{missing.head(3).T}"
    for name, frame in theirs.items():
        more = lacking(frame, ours[name]) if name in ours else frame
        assert more.empty or name in adds, f"{name}: {len(more)} more rows\n{more.head(3).T}"


EVERYTHING = {path: (True, True) for path in CHANGING}


@given(
    changes=st.fixed_dictionaries({path: st.tuples(st.booleans(), st.booleans()) for path in CHANGING}),
    seed=st.integers(0, 2**32),
)
@example(changes=EVERYTHING, seed=0)
@settings(max_examples=5, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_a_change_of_lists_does_not_reach_stays(changes: Mapping[str, tuple[bool, bool]], seed: int) -> None:
    document, luck = base_document(), random.Random(seed)
    for path, (add, reorder) in changes.items():
        changed(document, path, luck, add=add, reorder=reorder)
    added = [CASES[path] for path, (add, _) in changes.items() if add]
    leave_out = frozenset[str]().union(*(case.leaves_out for case in added))
    farm = simulated(Scenario.model_validate(document), LAST_YEAR)
    adds = frozenset[str]().union(*(case.adds for case in added))
    assert_same(base_contents(leave_out), contents(farm, leave_out), adds)


@pytest.mark.parametrize(("number", "adds"), [("areas", AREAS), ("stations", STATIONS)])
def test_a_further_place_leaves_the_others_as_they_were(number: str, adds: frozenset[str]) -> None:
    document = base_document()
    scotland = next(one for one in document["farm"]["geographies"] if in_scotland(one))
    scotland[number] += 1
    farm = simulated(Scenario.model_validate(document), LAST_YEAR)
    assert_same(base_contents(frozenset()), contents(farm), adds)


def test_the_base_shows_what_chance_decides() -> None:
    there = base_contents(frozenset())
    few = {"ledger.outbreaks": 5, "ledger.treatments": 3, "ledger.lice_counts": 10, "ledger.events": 3}
    few |= {"ledger.deliveries": 20, "ledger.sensor_faults": 50, "health_journalentry": 100}
    assert {name: len(there[name]) for name in few if len(there[name]) < few[name]} == {}
    assert there["ledger.outbreaks"]["disease"].nunique() > 2


def test_another_seed_is_another_farm() -> None:
    document = base_document() | {"seed": 7}
    other = contents(simulated(Scenario.model_validate(document), LAST_YEAR))
    with pytest.raises(AssertionError):
        assert_same(base_contents(frozenset()), other, frozenset())


# -- what the new entry itself reaches


def test_a_further_name_takes_only_what_it_wins() -> None:
    names = [f"supplier {number}" for number in range(5)]
    before = np.array([ByName(1, "supplier", order).choose(names) for order in range(3_000)])
    after = np.array([ByName(1, "supplier", order).choose([*names, "new"]) for order in range(3_000)])
    assert (after[after != before] == 5).all()
    assert np.bincount(after) / after.size == pytest.approx(1 / 6, abs=0.03)
    backwards = np.array([ByName(1, "supplier", order).choose(names[::-1]) for order in range(3_000)])
    np.testing.assert_array_equal(4 - backwards, before)


def test_a_choice_follows_the_weights() -> None:
    uniforms = np.random.default_rng(3).random((40_000, 3))
    chosen = choose(uniforms, np.array([0.5, 0.0, 1.5]))
    assert np.bincount(chosen, minlength=3) / chosen.size == pytest.approx([0.25, 0.0, 0.75], abs=0.01)
    assert choose(uniforms[:2], np.zeros(3)).tolist() == [-1, -1]


def test_a_further_name_for_people_renames_few() -> None:
    people = [("Faroe Islands", "Crew", number) for number in range(60)]
    longer = NameList(("Nýggjur", *FAROESE.given), FAROESE.family)
    before, after = (names.draw(people, 7) for names in (FAROESE, longer))
    assert len(set(after)) == len(people)
    assert 0 < sum(one != other for one, other in zip(before, after, strict=True)) < 6
    assert FAROESE.draw([*people, ("Faroe Islands", "New crew", 0)], 7)[:-1] == before


def test_staged_starts_do_not_depend_on_the_order_of_positions() -> None:
    document = load_scenario("uat", ["farm.batches.staging.date=2025-03-31"]).model_dump(mode="json")
    scenario = Scenario.model_validate(document)
    positions = document["farm"]["batches"]["staging"]["positions"]
    document["farm"]["batches"]["staging"]["positions"] = {
        stage: places[::-1] for stage, places in reversed(positions.items())
    }
    turned = Scenario.model_validate(document)
    assert staged_starts(turned, build(turned)) == staged_starts(scenario, build(scenario)) != ()


def test_two_feeds_of_one_weight_are_told_apart_by_name() -> None:
    document = base_document()
    feeds = document["feed"]["feeds"]
    feeds.append({**feeds[-1], "name": "Another feed"})
    scenario = Scenario.model_validate(document)
    feeds.reverse()
    turned = Scenario.model_validate(document)
    fed = [
        one.feed.feeds[int(Menu(one).feed(np.array([Stage.ADULT]), np.array([3000.0]))[0])].name
        for one in (scenario, turned)
    ]
    assert fed[0] == fed[1]


def test_two_events_on_one_day_do_not_depend_on_their_order() -> None:
    document = base_document()
    events = document["health"]["mortality"]["events"]
    scenario = Scenario.model_validate(document)
    events.reverse()
    turned = Scenario.model_validate(document)
    at_once = np.full((2, len(events)), 1e-9), np.full((3, len(events)), 1e-9)
    at_sea, area, normal, waves = np.array([True, True, False]), np.array([0, 1, 0]), np.zeros(3), np.full(2, 9.0)
    ours, theirs = (
        Events.from_scenario(one).strike(at_sea, area, *at_once, normal, waves, 15) for one in (scenario, turned)
    )
    assert ours.kind.tolist() == theirs.kind.tolist()
    assert (ours.kind >= 0).all()
    np.testing.assert_array_equal(ours.hazards, theirs.hazards)


# -- streams


def test_labels_of_different_keys_differ() -> None:
    keys = [(), ("a",), ("a", "b"), ("a/1:b",), ("1",), (1,), ("a", 1), ("a", "1"), (1, 1), (11,)]
    assert len({stream(1, "x", *key).random() for key in keys}) == len(keys)


def test_members_at_the_end_of_a_group_leave_the_others() -> None:
    few = Groups.of([("hall", 1)] * 3 + [("hall", 2)] * 2)
    many = Groups.of([("hall", 2)] * 4 + [("area",)] * 2 + [("hall", 1)] * 5)
    for draw in ("uniforms", "normals"):
        ours, theirs = (getattr(one, draw)(5, "water", 2015, shape=(4,)) for one in (few, many))
        np.testing.assert_array_equal(ours, theirs[[6, 7, 8, 0, 1]])
        some = getattr(many, draw)(5, "water", 2015, shape=(4,), entities=np.array([9, 1, 9]))
        np.testing.assert_array_equal(some, theirs[[9, 1, 9]])
    np.testing.assert_array_equal(few.number, many.number[[6, 7, 8, 0, 1]])


def test_two_entries_of_one_name_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"feed\.suppliers|suppliers: Nord given more than once"):
        load_scenario("tiny", ["feed.suppliers=[Nord, Nord]"])
