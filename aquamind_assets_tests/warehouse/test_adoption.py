"""Master data that people have entered: adopted by natural key, never changed, never counted; keys that must be the
platform's own are changed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from aquamind_assets.tables.releases import RELEASES, Release, tables_of
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import DayRange, chunks_of, year_days
from aquamind_assets.warehouse.adoption.adopted_rows import read_translation
from aquamind_assets.warehouse.adoption.natural_keys import MASTER_DATA
from aquamind_assets.warehouse.checkpoints import ChunkKey, TableYear
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import RowsRefused
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.release_2025_08 import TABLES
from aquamind_assets_tests.warehouse.databases import database_of
from aquamind_assets_tests.warehouse.synthetic import FIRST, PARENT_TABLES, READINGS, START, ids, parents, readings

NOW = "'2014-06-01 12:00:00'"
STAMPS = f"{NOW}, {NOW}"
PEOPLES = (
    "INSERT INTO batch_species (id, name, scientific_name, description, created_at, updated_at)"
    f" VALUES (1, 'atlantic salmon', 'Salmo salar', 'ours since 1982', {STAMPS})",
    'INSERT INTO batch_lifecyclestage (id, name, species_id, "order", description, created_at, updated_at)'
    f" VALUES (7, 'Adult', 1, 6, '', {STAMPS})",
    "INSERT INTO infrastructure_geography (id, name, description, created_at, updated_at)"
    f" VALUES (3, 'Faroe Islands', '', {STAMPS})",
    "INSERT INTO environmental_environmentalparameter (id, name, unit, description, created_at, updated_at)"
    f" VALUES (4, 'Temperature', 'u', '', {STAMPS})",
    "INSERT INTO environmental_environmentalparameter (id, name, unit, description, created_at, updated_at)"
    f" VALUES (5, 'Temperature', 'u', 'entered twice', {STAMPS})",
    "INSERT INTO environmental_environmentalparameter (id, name, unit, description, created_at, updated_at)"
    f" VALUES (6, 'Oxygen', 'percent', '', {STAMPS})",
    "INSERT INTO batch_batch (id, batch_number, start_date, status, batch_type, notes, created_at, updated_at,"
    f" lifecycle_stage_id, species_id) VALUES (9, 'B{ids(FIRST, 1)[0]}', '2014-06-01', 'ACTIVE', 'STANDARD', '',"
    f" {STAMPS}, 7, 1)",
)
THEIR_TABLES = ("batch_species", "batch_lifecyclestage", "infrastructure_geography", "batch_batch")
FARM = ChunkKey("farm", 2015, 0)
ONE = int(ids(FIRST, 1)[0])


def enter(warehouse: Warehouse, *statements: str) -> None:
    with warehouse.database.transaction():
        for statement in statements:
            warehouse.database.execute(statement)


def theirs(warehouse: Warehouse) -> dict[str, list[tuple]]:
    """Every row with an id as people's rows have it."""
    tables = (*THEIR_TABLES, "environmental_environmentalparameter")
    return {table: warehouse.query(f"SELECT * FROM {table} WHERE id < 100 ORDER BY id") for table in tables}


def fill(warehouse: Warehouse) -> None:
    warehouse.write_living(FARM, year_days(2015), "f", "run", PARENT_TABLES, parents())
    days = chunks_of(2015)[0].days
    warehouse.write_chunk(ChunkKey("readings", 2015, 0), days, "f", "run", [READINGS], lambda: readings(days))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a new database in which people may enter rows; they cannot in a lake."""
    return database_of(request, tmp_path)


@pytest.fixture
def lived_in(warehouse: Warehouse) -> Warehouse:
    """A database with rows that people entered, none of the platform's."""
    enter(warehouse, *PEOPLES)
    return warehouse


@pytest.fixture
def undisturbed(tmp_path) -> list[TableYear]:
    """The manifest of the same rows in an empty database."""
    with open_warehouse(f"sqlite:///{tmp_path}/undisturbed.db", "2025-08") as warehouse:
        warehouse.prepare()
        fill(warehouse)
        return warehouse.manifest()


@pytest.mark.parametrize("release", RELEASES)
def test_every_natural_key_is_of_columns_that_there_are(release: Release) -> None:
    tables = tables_of(release)
    known = {table: master for table, master in MASTER_DATA.items() if table in tables}
    assert known
    for table, master in known.items():
        assert set(master.columns) <= set(tables[table].column_names)
        for column, copies in (master.copies or {}).items():
            assert column in master.columns
            assert all({copy.key, copy.column} <= set(tables[copy.table].column_names) for copy in copies)


def test_parents_are_decided_before_what_refers_to_them() -> None:
    order, tables = list(MASTER_DATA), {**TABLES, **tables_of(RELEASES[-1])}
    for table, master in MASTER_DATA.items():
        targets = {tables[table].by_name[column].references for column in master.columns} & MASTER_DATA.keys()
        assert all(order.index(target) < order.index(table) for target in targets)


def test_existing_rows_are_adopted_and_left_as_they_are(lived_in: Warehouse, undisturbed: list[TableYear]) -> None:
    before = theirs(lived_in)
    fill(lived_in)
    assert theirs(lived_in) == before
    assert lived_in.broken_references() == {}
    found = lived_in.query("SELECT DISTINCT species_id, lifecycle_stage_id FROM batch_batch WHERE id > 100")
    assert found == [(1, 7)]
    assert lived_in.query("SELECT DISTINCT geography_id FROM infrastructure_area") == [(3,)]
    assert {number for (number,) in lived_in.query(f"SELECT DISTINCT parameter_id FROM {READINGS}")} == {
        4,
        *ids(FIRST, 3)[1:].tolist(),
    }
    for table, count in {"batch_species": 0, "batch_lifecyclestage": 0, "infrastructure_geography": 0}.items():
        assert lived_in.query(f"SELECT count(*) FROM {table} WHERE id > 100") == [(count,)]
    # What is the platform's has the digests that it has anywhere else.
    manifest = lived_in.manifest()
    assert manifest == lived_in.recount()
    adopted = {*THEIR_TABLES[:3], "environmental_environmentalparameter"}
    assert [entry for entry in undisturbed if entry.table not in adopted] == [
        entry for entry in manifest if entry.table not in adopted
    ]


def test_keys_that_must_be_its_own_are_changed(lived_in: Warehouse) -> None:
    fill(lived_in)
    numbers = lived_in.query(f"SELECT batch_number FROM batch_batch WHERE id = {ONE}")
    assert numbers == [(f"B{ONE}-2",)]
    names = lived_in.query("SELECT name FROM environmental_environmentalparameter WHERE id > 100 ORDER BY id")
    assert names == [("Oxygen-2",), ("pH",)], "a parameter of that name in another unit"


def test_what_will_be_done_is_told_before_anything_is_written(lived_in: Warehouse, database_url: str) -> None:
    with open_warehouse(database_url, "2025-08") as reader:
        told = [str(meeting) for meeting in reader.meetings(parents())]
    assert lived_in.query("SELECT * FROM aquamind_assets_adopted") == []
    assert told == [
        "infrastructure_geography: name = Faroe Islands exists (row 3); the platform refers to that row",
        "batch_species: scientific_name = Salmo salar exists (row 1); the platform refers to that row",
        f"batch_lifecyclestage: species_id = {ONE}, name = Adult exists (row 7); the platform refers to that row",
        f"batch_batch: batch_number = B{ONE} exists; the platform's own row gets B{ONE}-2",
        "environmental_environmentalparameter: name = Temperature exists (row 4); the platform refers to that row",
        "environmental_environmentalparameter: name = Oxygen exists; the platform's own row gets Oxygen-2",
    ]


def test_a_decision_stands_whatever_people_enter_later(lived_in: Warehouse) -> None:
    fill(lived_in)
    before = lived_in.manifest(), lived_in.query("SELECT * FROM aquamind_assets_adopted ORDER BY our_id, table_name")
    enter(
        lived_in,
        "UPDATE batch_species SET name = 'Laks', scientific_name = 'S. salar' WHERE id = 1",
        "INSERT INTO environmental_environmentalparameter (id, name, unit, description, created_at, updated_at)"
        f" VALUES (8, 'pH', 'u', '', {STAMPS})",
    )
    fill(lived_in)
    after = lived_in.manifest(), lived_in.query("SELECT * FROM aquamind_assets_adopted ORDER BY our_id, table_name")
    assert after == before
    assert lived_in.recount() == before[0]


def test_a_row_that_the_platform_wrote_stays_its_own(warehouse: Warehouse) -> None:
    fill(warehouse)
    enter(
        warehouse,
        "INSERT INTO environmental_environmentalparameter (id, name, unit, description, created_at, updated_at)"
        f" VALUES (8, 'pH', 'u', '', {STAMPS})",
    )
    before = warehouse.manifest()
    fill(warehouse)
    assert warehouse.manifest() == before == warehouse.recount()
    assert warehouse.query("SELECT * FROM aquamind_assets_adopted") == []
    assert warehouse.query("SELECT * FROM aquamind_assets_changed") == []


def test_clearing_leaves_their_rows_and_forgets_the_decisions(lived_in: Warehouse) -> None:
    before = theirs(lived_in)
    fill(lived_in)
    manifest = lived_in.manifest()
    lived_in.clear({"farm": PARENT_TABLES, "readings": [READINGS]}, [2015])
    assert theirs(lived_in) == before
    assert lived_in.manifest() == [] == lived_in.recount()
    assert lived_in.query("SELECT * FROM aquamind_assets_adopted") == []
    assert lived_in.query("SELECT * FROM aquamind_assets_changed") == []
    fill(lived_in)
    assert lived_in.manifest() == manifest == lived_in.recount()
    assert theirs(lived_in) == before


def test_rows_of_chunks_are_adopted_too(warehouse: Warehouse) -> None:
    enter(warehouse, PEOPLES[2])
    places = [block for block in parents() if block.table in ("infrastructure_geography", "infrastructure_area")]
    key, days = ChunkKey("infrastructure", 2015, 0), chunks_of(2015)[0].days
    tables = ["infrastructure_geography", "infrastructure_area"]
    for _ in range(2):
        written = warehouse.write_chunk(key, days, "f", "run", tables, places)
        assert written.rows == 1
        assert warehouse.query("SELECT geography_id FROM infrastructure_area") == [(3,)]
        assert warehouse.query("SELECT id FROM infrastructure_geography") == [(3,)]
        assert warehouse.manifest() == warehouse.recount()


def test_soft_references_and_copies_are_translated(lived_in: Warehouse) -> None:
    """History tables keep the ids of rows without a foreign key, and repeat batch numbers."""
    fill(lived_in)
    history = rows(
        TABLES["batch_historicalbatch"],
        1,
        id=ONE,
        batch_number=f"B{ONE}",
        status="ACTIVE",
        batch_type="STANDARD",
        start_date=FIRST,
        created_at=START,
        updated_at=START,
        history_id=500_050_000,
        history_date=START,
        history_type="+",
        lifecycle_stage_id=ONE,
        species_id=ONE,
    )
    lived_in.write_living(
        ChunkKey("history", 2015, 0), year_days(2015), "f", "run", ["batch_historicalbatch"], [history]
    )
    found = lived_in.query("SELECT batch_number, species_id, lifecycle_stage_id FROM batch_historicalbatch")
    assert found == [(f"B{ONE}-2", 1, 7)]
    assert lived_in.manifest() == lived_in.recount()


def test_a_changed_value_that_is_changed_again_shows(lived_in: Warehouse) -> None:
    fill(lived_in)
    enter(lived_in, f"UPDATE batch_batch SET batch_number = 'B{ONE}-3' WHERE id = {ONE}")
    assert lived_in.manifest() != lived_in.recount()
    enter(lived_in, f"UPDATE batch_batch SET batch_number = 'B{ONE}-2', species_id = 1 WHERE id = {ONE}")
    assert lived_in.manifest() == lived_in.recount()


def stages(names: list[str], species: int = ONE) -> Iterator[Rows]:
    stamps = {"created_at": START, "updated_at": START}
    one = ids(FIRST, 1)
    yield rows(TABLES["batch_species"], 1, id=one, name="Atlantic Salmon", scientific_name="Salmo salar", **stamps)
    yield rows(
        TABLES["batch_lifecyclestage"],
        len(names),
        id=ids(FIRST, len(names)),
        name=names,
        order=np.arange(1, len(names) + 1),
        species_id=species,
        **stamps,
    )


TABLES_OF_STAGES = ("batch_species", "batch_lifecyclestage")


def enter_stages(warehouse: Warehouse, species: int, names: list[str], first: int) -> None:
    enter(
        warehouse,
        *(
            'INSERT INTO batch_lifecyclestage (id, name, species_id, "order", description, created_at, updated_at)'
            f" VALUES ({first + place}, '{name}', {species}, {place + 1}, '', {STAMPS})"
            for place, name in enumerate(names)
        ),
    )


def test_stages_are_known_by_name_and_else_by_their_place(warehouse: Warehouse) -> None:
    enter(warehouse, PEOPLES[0])
    enter_stages(warehouse, 1, ["Egg", "Parr", "Smolt"], 21)
    warehouse.write_living(FARM, year_days(2015), "f", "run", TABLES_OF_STAGES, stages(["Alevin", "Fry", "Parr"]))
    adopted = warehouse.query(
        "SELECT our_id, their_id FROM aquamind_assets_adopted WHERE table_name = 'batch_lifecyclestage' ORDER BY our_id"
    )
    # Parr by its name, Alevin by its place; the place of Fry is Parr's, so Fry is the platform's own at a free place.
    assert adopted == [(ONE, 21), (ONE + 2, 22)]
    assert warehouse.query('SELECT name, species_id, "order" FROM batch_lifecyclestage WHERE id > 100') == [
        ("Fry", 1, 4)
    ]
    assert warehouse.manifest() == warehouse.recount()


def test_stages_of_another_species_are_not_adopted(warehouse: Warehouse) -> None:
    enter(
        warehouse,
        "INSERT INTO batch_species (id, name, scientific_name, description, created_at, updated_at)"
        f" VALUES (2, 'Rainbow Trout', 'Oncorhynchus mykiss', '', {STAMPS})",
    )
    enter_stages(warehouse, 2, ["Fry", "Adult"], 21)
    warehouse.write_living(FARM, year_days(2015), "f", "run", TABLES_OF_STAGES, stages(["Fry", "Parr"]))
    found = warehouse.query('SELECT name, species_id, "order" FROM batch_lifecyclestage WHERE id > 100 ORDER BY id')
    assert found == [("Fry-2", ONE, 1), ("Parr", ONE, 2)]
    assert warehouse.manifest() == warehouse.recount()


def test_users_of_the_same_name_stay_apart(warehouse: Warehouse) -> None:
    enter(
        warehouse,
        "INSERT INTO auth_user (id, password, is_superuser, username, first_name, last_name, email, is_staff,"
        f" is_active, date_joined) VALUES (1, 'x', {'true' if 'postgres' in warehouse.url else 1}, 'oli.isaksen', '',"
        f" '', '', {'true, true' if 'postgres' in warehouse.url else '1, 1'}, {NOW})",
    )
    user = rows(
        TABLES["auth_user"],
        2,
        id=np.array([500_050_000, 500_050_001]),
        password="!",
        username=["oli.isaksen", "oli.isaksen-2"],
        first_name="Óli",
        last_name="Isaksen",
        email="",
        is_superuser=False,
        is_staff=False,
        is_active=True,
        date_joined=START,
    )
    warehouse.write_living(ChunkKey("users", 2015, 0), year_days(2015), "f", "run", ["auth_user"], [user])
    names = warehouse.query("SELECT username FROM auth_user ORDER BY id")
    assert names == [("oli.isaksen",), ("oli.isaksen-3",), ("oli.isaksen-2",)]
    assert warehouse.manifest() == warehouse.recount()


def unknown(description: str = "described") -> Rows:
    return rows(TABLES["health_mortalityreason"], 1, id=1, name="UNKNOWN", description=description)


@pytest.mark.parametrize("number", [1, 12])
def test_the_reason_of_aquaminds_migrations_is_adopted_like_any_other(warehouse: Warehouse, number: int) -> None:
    enter(warehouse, f"INSERT INTO health_mortalityreason (id, name, description) VALUES ({number}, 'UNKNOWN', '')")
    for _ in range(2):
        warehouse.write_living(
            ChunkKey("reasons", 2015, 0), year_days(2015), "f", "run", ["health_mortalityreason"], [unknown()]
        )
    assert warehouse.query("SELECT id, description FROM health_mortalityreason") == [(number, "")]
    assert warehouse.manifest() == [] == warehouse.recount()
    translated = read_translation(warehouse.database).ids_to_database("health_mortalityreason", np.array([1]))
    assert translated.tolist() == [number]
    warehouse.clear({"reasons": ["health_mortalityreason"]}, [2015])
    assert warehouse.query("SELECT id, description FROM health_mortalityreason") == [(number, "")]


def test_a_fixed_id_that_means_something_else_is_refused(warehouse: Warehouse) -> None:
    enter(warehouse, "INSERT INTO health_mortalityreason (id, name, description) VALUES (1, 'Storm', '')")
    with pytest.raises(
        RowsRefused, match=r"row 1 of health_mortalityreason.*name = Storm here; insert a row with name"
    ):
        warehouse.write_living(
            ChunkKey("reasons", 2015, 0), year_days(2015), "f", "run", ["health_mortalityreason"], [unknown()]
        )
    assert warehouse.checkpoints() == []


def test_any_other_row_with_a_key_of_the_platforms_is_named(warehouse: Warehouse) -> None:
    fill(warehouse)
    area = rows(
        TABLES["environmental_photoperioddata"],
        1,
        id=ids(FIRST, 1),
        date=FIRST,
        day_length_hours=5.0,
        area_id=ONE,
        created_at=START,
        updated_at=START,
    )
    enter(
        warehouse,
        "INSERT INTO environmental_photoperioddata (id, date, day_length_hours, is_interpolated, area_id, created_at,"
        f" updated_at) VALUES (5, '2015-01-01', 5, {'false' if 'postgres' in warehouse.url else 0}, {ONE}, {STAMPS})",
    )
    with pytest.raises(RowsRefused, match="has the same key"):
        warehouse.write_chunk(
            ChunkKey("light", 2015, 0),
            DayRange(FIRST, FIRST + 30),
            "f",
            "run",
            ["environmental_photoperioddata"],
            [area],
        )
