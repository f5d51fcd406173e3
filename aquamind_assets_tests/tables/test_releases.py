"""The releases of AquaMind's tables: what they share is described once, and what a later one changes as a change."""

import re

import numpy as np
import pytest

from aquamind_assets.tables.description import SchemaError, read_schema
from aquamind_assets.tables.digest import digest_by_year
from aquamind_assets.tables.releases import RELEASES, UnknownRelease, release_named, tables_of
from aquamind_assets.tables.rows import rows
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import narrow_row_ids, row_ids, year_days

FIRST = """
app: ponds
tables:
  pond:
    description: "A pond."
    made_by: ponds
    primary_key: [id]
    columns:
      - {name: id, type: bigint, identity: true, description: "Number."}
      - {name: depth, type: "numeric(5,2)", minimum: 0, description: "Depth."}
      - {name: owner, type: varchar(20), choices: [A, B], description: "Owner."}
    indexes:
      - {name: pond_depth, columns: [depth]}
  puddle:
    description: "A puddle."
    primary_key: [id]
    columns:
      - {name: id, type: bigint, identity: true, description: "Number."}
"""
LATER = """
app: ponds
gone: [puddle]
changed:
  pond:
    columns:
      gone: [depth]
      changed:
        owner: {choices: [A, B, C]}
      added:
        - {name: bottom_id, type: bigint, nullable: true, references: bottom, foreign_key: fk, description: "Bottom."}
    indexes:
      gone: [pond_depth]
      added:
        - {name: pond_bottom, columns: [bottom_id]}
tables:
  bottom:
    description: "The bottom of a pond."
    primary_key: [key]
    columns:
      - {name: key, type: bigint, identity: true, description: "Number."}
      - {name: pond_id, type: bigint, references: pond, foreign_key: fk, description: "Pond."}
      - {name: mud, type: double, default: 0.5, description: "Mud."}
  historicalbottom:
    history_of: bottom
    foreign_key: fk
  auth_user:
    description: "A person."
    primary_key: [id]
    columns:
      - {name: id, type: integer, identity: true, description: "Number."}
"""


def later() -> dict[str, TableSpec]:
    return read_schema({"first.yaml": FIRST}, {"later.yaml": LATER})


def test_a_later_release_is_the_one_before_with_its_differences() -> None:
    tables = later()
    assert tables.keys() == {"pond", "bottom", "historicalbottom", "auth_user"}
    pond = tables["pond"]
    assert pond.column_names == ("id", "owner", "bottom_id")
    assert pond.by_name["owner"].choices == ("A", "B", "C")
    assert pond.by_name["owner"].max_length == 20
    assert [index.name for index in pond.indexes] == ["pond_bottom"]
    assert pond.made_by == "ponds"
    assert tables["bottom"].made_by is None
    assert read_schema({"first.yaml": FIRST})["pond"].column_names == ("id", "depth", "owner")


def test_a_reference_is_to_the_key_of_its_table() -> None:
    assert later()["pond"].by_name["bottom_id"].referenced_key == "key"


def test_a_history_table_follows_from_the_table_of_its_versions() -> None:
    history = later()["historicalbottom"]
    assert history.column_names[:3] == ("key", "pond_id", "mud")
    assert history.id_column == "history_id"
    assert history.narrow_id
    pond = history.by_name["pond_id"]
    assert (pond.references, pond.foreign_key, pond.nullable) == ("pond", None, True)
    assert not history.by_name["key"].identity
    assert history.by_name["mud"].default == 0.5


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("gone: [puddle]", "gone: [lake]", "later.yaml: tables that the release before does not have: lake"),
        ("gone: [depth]", "gone: [width]", "later.yaml: pond.columns: the release before does not have width"),
        ("owner: {choices", "width: {choices", "later.yaml: pond.columns: the release before does not have width"),
        ("gone: [pond_depth]", "gone: [x]", "later.yaml: pond.indexes: the release before does not have x"),
    ],
)
def test_a_difference_from_something_that_is_not_there_is_refused(old: str, new: str, message: str) -> None:
    assert old in LATER
    with pytest.raises(SchemaError, match=re.escape(message)):
        read_schema({"first.yaml": FIRST}, {"later.yaml": LATER.replace(old, new)})


SOFT_REFERENCES = (
    "infrastructure_area",
    "infrastructure_freshwaterstation",
    "batch_batch",
    "batch_batchtransferworkflow",
    "batch_creationworkflow",
    "harvest_harvestevent",
    "planning_plannedactivity",
    "scenario_temperatureprofile",
)
"""Tables of today to which others refer by four bytes, without a foreign key."""


def test_ids_fit_the_columns_that_hold_them() -> None:
    for release in RELEASES:
        tables = tables_of(release)
        for table in tables.values():
            for column in table.columns:
                if column.references is not None:
                    assert column.holds_narrow_ids == tables[column.references].narrow_id
                assert column.kind != "integer" or column.references is None or column.holds_narrow_ids
    today = tables_of("2026-03")
    assert all(today[name].narrow_id for name in SOFT_REFERENCES)
    assert all(table.narrow_id for name, table in today.items() if "_historical" in name)
    assert not any(tables_of("2025-08")[name].narrow_id for name in SOFT_REFERENCES if name in tables_of("2025-08"))


def test_ids_of_the_ledger_are_stored_as_wide_as_the_table_has_them() -> None:
    day = np.array([year_days(2019).first + 100])
    wide, narrow = row_ids(day, np.array([17])), narrow_row_ids(day, np.array([17]))
    given = {"name": "Bordoy", "latitude": 62.2, "longitude": -6.5, "max_biomass": 1000, "active": True}
    given |= {"id": wide, "geography_id": wide, "created_at": 0, "updated_at": 0}
    for release, expected in (("2025-08", wide), ("2026-03", narrow)):
        block = rows(tables_of(release)["infrastructure_area"], 1, **given)
        assert block.ids.tolist() == expected.tolist()
        assert block.columns["geography_id"].values.tolist() == wide.tolist()
        assert list(digest_by_year(block)) == [2019]


def test_primary_keys_stay_alike() -> None:
    for name in tables_of("2025-08").keys() & tables_of("2026-03").keys():
        assert tables_of("2025-08")[name].primary_key == tables_of("2026-03")[name].primary_key


def test_names_of_constraints_and_indexes_fit_postgresql_and_are_unique() -> None:
    for release in RELEASES:
        tables = tables_of(release).values()
        indexes = [index.name for table in tables for index in (*table.indexes, *table.unique)]
        assert len(indexes) == len(set(indexes))
        assert all(len(name) <= 63 for name in indexes)


def test_today_has_workflows_in_place_of_transfers() -> None:
    gone = tables_of("2025-08").keys() - tables_of("2026-03").keys()
    assert gone == {"batch_batchtransfer", "inventory_feedstock", "inventory_historicalfeedstock"}
    assert {"batch_batchtransferworkflow", "batch_transferaction"} <= tables_of("2026-03").keys()


def test_a_release_is_known_by_its_name() -> None:
    assert release_named("2026-03") == "2026-03"
    with pytest.raises(UnknownRelease, match="release '2024-01' is not known; allowed: 2025-08, 2026-03"):
        release_named("2024-01")
