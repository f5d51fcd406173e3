"""Choices by name: a further name takes only what it wins, and nothing depends on the order of a list."""

import numpy as np
import pytest

from aquamind_assets.farm.batches.staging import staged_starts
from aquamind_assets.farm.feed.menu import Menu
from aquamind_assets.farm.processes.events import Events
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.records.users.person_names import FAROESE, NameList
from aquamind_assets.scenario.loading import ScenarioError, load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.streams import ByName, Groups, choose, stream
from aquamind_assets_tests.farm.list_changes import base_document


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
