"""Tables whose keys are UUIDs, as every database has them: written, counted again, referred to, and cleared."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from aquamind_assets.tables.digest import add, digest, hash_values
from aquamind_assets.tables.releases import tables_of
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.tables.uuids import texts_of
from aquamind_assets.timeline import DayRange, id_range, platform_ids, row_ids, year_days
from aquamind_assets.verification.copies import copied_rows
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import MissingReferences, RowsRefused, StillReferenced
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.warehouse.databases import ALL, new_database

TAG, LINK = "historian_tag", "historian_tag_link"
TABLES = tables_of("2026-03")
DAYS = DayRange(year_days(2015).first, year_days(2015).first + 30)
STAMPS = {"created_at": DAYS.first * 86_400_000_000, "updated_at": DAYS.first * 86_400_000_000}
SIZE = 300


def ids(number: np.ndarray, day: int = DAYS.first) -> np.ndarray:
    return row_ids(np.full(number.size, day), number)


def blocks(size: int = SIZE) -> list[Rows]:
    """Tags in any order, and a link to each."""
    of_tag = ids(np.random.default_rng(1).permutation(size))
    tags = rows(TABLES[TAG], size, tag_id=of_tag, tag_name=[f"A.{one}" for one in of_tag], tag_type=1, **STAMPS)
    return [tags, rows(TABLES[LINK], size, id=ids(np.arange(size)), tag_id=of_tag, **STAMPS)]


def write(warehouse: Warehouse, made: list[Rows]) -> None:
    warehouse.write_chunk(ChunkKey("historian_tags", 2015, 0), DAYS, "f", "run", [TAG, LINK], made)


@pytest.fixture(params=ALL)
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    with open_warehouse(new_database(request.param, request, tmp_path, "2026-03"), "2026-03") as opened:
        opened.prepare()
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    """A database in which users write rows too."""
    with open_warehouse(new_database(request.param, request, tmp_path, "2026-03"), "2026-03") as opened:
        opened.prepare()
        yield opened


def digits(answer: list[tuple[Any, ...]]) -> list[str]:
    """The UUIDs of an answer as 32 digits; PostgreSQL gives UUIDs, the others text."""
    return [UUID(str(one)).hex for (one,) in answer]


def enter_tag(warehouse: Warehouse, tag: str, name: str = "mine") -> None:
    warehouse.database.execute(
        f"INSERT INTO {TAG} (tag_id, tag_name, description, tag_type, unit, source_system, metadata, created_at,"
        " updated_at) VALUES (?, ?, '', 1, '', 'AVEVA', '{}', '2015-01-01 00:00:00', '2015-01-01 00:00:00')",
        (tag, name),
    )


def enter_link(warehouse: Warehouse, tag: str) -> None:
    warehouse.database.execute(
        f"INSERT INTO {LINK} (id, notes, metadata, created_at, updated_at, tag_id) VALUES (7, '', '{{}}',"
        " '2015-01-01 00:00:00', '2015-01-01 00:00:00', ?)",
        (tag,),
    )


def test_tags_come_back_as_they_were(warehouse: Warehouse) -> None:
    made = blocks()
    write(warehouse, made)
    assert warehouse.manifest() == warehouse.recount() != []
    for block in made:
        found = warehouse.database.scan(block.table, *id_range(DAYS))
        hashes = (int(hash_values(block.spec, one["created_at"].size, one).sum(dtype=np.uint64)) for one in found)
        assert add(list(hashes)) == digest(block)
    texts = warehouse.query(f"SELECT tag_id FROM {TAG} ORDER BY tag_id")
    assert digits(texts) == texts_of(np.sort(made[0].ids))
    linked = warehouse.query(f"SELECT count(*) FROM {LINK} l JOIN {TAG} t ON t.tag_id = l.tag_id")
    assert linked == [(SIZE,)]
    assert warehouse.broken_references([LINK]) == {}
    assert warehouse.database.id_bounds(TAG, platform_ids()[0]) == (made[0].ids.min(), made[0].ids.max())


def test_a_single_tag_is_a_tag_too(warehouse: Warehouse) -> None:
    write(warehouse, blocks(1))
    assert digits(warehouse.query(f"SELECT tag_id FROM {TAG}")) == texts_of(ids(np.zeros(1)))
    assert warehouse.manifest() == warehouse.recount()


def test_tags_are_written_again_and_cleared(warehouse: Warehouse) -> None:
    write(warehouse, blocks())
    write(warehouse, blocks(200))
    assert warehouse.query(f"SELECT count(*) FROM {TAG}") == [(200,)]
    assert warehouse.manifest() == warehouse.recount()
    with pytest.raises(StillReferenced, match=f"200 rows of the platform in {LINK}"):
        warehouse.clear({"historian_tags": [TAG]}, [2015])
    assert warehouse.clear({"historian_tags": [TAG, LINK]}, [2015]) == {TAG: 200, LINK: 200}
    assert warehouse.query(f"SELECT count(*) FROM {TAG}") == [(0,)]


def test_living_tags_that_are_gone_are_deleted(warehouse: Warehouse) -> None:
    key, year = ChunkKey("historian_tags", 2015, 0), year_days(2015)
    warehouse.write_living(key, year, "f", "run", [TAG], [blocks(50)[0]])
    warehouse.write_living(key, year, "f", "run", [TAG], [blocks(20)[0]])
    assert warehouse.query(f"SELECT count(*) FROM {TAG}") == [(20,)]
    assert warehouse.manifest() == warehouse.recount()


def test_a_link_to_a_missing_tag_is_refused(warehouse: Warehouse) -> None:
    made = blocks(3)
    with pytest.raises(MissingReferences, match=f"{LINK}.tag_id: 1 of 3 ids are not in {TAG}"):
        write(warehouse, [made[0].take(slice(0, 2)), made[1]])


def test_tags_of_users_are_theirs(shared: Warehouse) -> None:
    own = [uuid4().hex for _ in range(3)]
    for tag in own:
        enter_tag(shared, tag)
    assert shared.tables_with_users_rows([TAG, LINK]) == {TAG}
    assert shared.taken_ids({"historian_tags": [TAG, LINK]}, (), [2015]) == []
    write(shared, blocks())
    enter_link(shared, own[0])
    assert shared.manifest() == shared.recount()
    assert copied_rows(shared, TAG) == []
    shared.clear({"historian_tags": [TAG, LINK]}, [2015])
    assert digits(shared.query(f"SELECT tag_id FROM {TAG} ORDER BY tag_id")) == sorted(own)
    assert digits(shared.query(f"SELECT tag_id FROM {LINK} WHERE id = 7")) == own[:1]


def test_a_tag_to_which_a_user_refers_stays(shared: Warehouse) -> None:
    write(shared, [blocks()[0]])
    enter_link(shared, texts_of(blocks()[0].ids[:1])[0])
    assert [key.rows for key in shared.entered_keys([LINK])] == [{(str(blocks()[0].ids[0]),): 7}]
    with pytest.raises(StillReferenced, match=r"1 user-entered rows of historian_tag_link \(id 7\)"):
        shared.clear({"historian_tags": [TAG]}, [2015])
    with pytest.raises(StillReferenced, match="1 user-entered rows of historian_tag_link refer"):
        write(shared, [blocks()[0].take(slice(1, None))])


def test_tags_with_ids_of_the_platform_that_it_did_not_write_are_refused(shared: Warehouse) -> None:
    taken = ids(np.array([3]))
    enter_tag(shared, texts_of(taken)[0])
    (found,) = shared.taken_ids({"historian_tags": [TAG]}, (), [2015])
    assert found.startswith(f"{TAG}: rows with ids of the platform that it did not write (id {taken[0]})")
    with pytest.raises(RowsRefused):
        write(shared, blocks())


def test_a_changed_link_is_found(shared: Warehouse) -> None:
    write(shared, blocks())
    enter_tag(shared, other := uuid4().hex)
    first = blocks()[1].ids[0]
    shared.database.execute(f"UPDATE {LINK} SET tag_id = ? WHERE id = ?", (other, int(first)))
    assert [one.table for one, then in zip(shared.recount(), shared.manifest(), strict=True) if one != then] == [LINK]


def test_copies_of_tags_are_found(shared: Warehouse) -> None:
    write(shared, blocks(5))
    other = str(UUID(int=5)).replace("-", "")
    names = "tag_name, description, tag_type, unit, source_system, metadata, created_at, updated_at"
    text = texts_of(blocks(5)[0].ids[:1])[0]
    shared.database.execute(
        f"INSERT INTO {TAG} (tag_id, {names}) SELECT ?, {names} FROM {TAG} WHERE tag_id = ?", (other, text)
    )
    (found,) = copied_rows(shared, TAG)
    assert found.startswith(f"{TAG}: 1 user-entered rows are copies")
