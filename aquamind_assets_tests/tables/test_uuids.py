"""Ids as UUIDs and back: one to one, in the same order, and none of another maker."""

from uuid import RFC_4122, UUID, uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aquamind_assets.tables.releases import tables_of
from aquamind_assets.tables.rows import RowsError, rows
from aquamind_assets.tables.uuids import FOREIGN, LARGEST, ids_of, texts_of
from aquamind_assets.timeline import platform_ids


@given(st.lists(st.integers(0, LARGEST), max_size=20))
def test_an_id_is_in_its_uuid(ids: list[int]) -> None:
    texts = texts_of(np.array(ids, dtype=np.int64))
    assert ids_of(texts).tolist() == ids
    assert sorted(texts) == texts_of(np.array(sorted(ids), dtype=np.int64))


def test_every_id_of_the_platform_has_a_uuid_of_version_8() -> None:
    low, high = platform_ids()
    for text in texts_of(np.array([low, high - 1])):
        found = UUID(text)
        assert (found.version, found.variant, found.hex) == (8, RFC_4122, text)
    assert high <= LARGEST


def test_the_uuids_of_others_are_no_ids_of_the_platform() -> None:
    own = texts_of(np.array([20150320000017]))[0]
    others = [uuid4().hex, own[:-1] + "a", "0" + own[1:], own[:17] + "f" * 15]
    assert ids_of(others).tolist() == [FOREIGN] * len(others)
    for wrong in (own[:-1], own[:-1] + "g", ""):
        with pytest.raises(ValueError, match=r"hexadecimal|literal"):
            ids_of([wrong])


def test_an_id_that_has_no_uuid_is_refused() -> None:
    given = {"tag_name": "a", "created_at": 0, "updated_at": 0}
    for wrong in (-1, LARGEST + 1):
        with pytest.raises(RowsError, match=r"historian_tag.tag_id"):
            rows(tables_of("2026-03")["historian_tag"], 1, tag_id=np.array([wrong]), **given)
