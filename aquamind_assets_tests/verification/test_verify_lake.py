"""A lake is proved to its last row, from its files."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.verification.verify import verify_database
from aquamind_assets_tests.verification.conftest import YEARS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole_lake(whole: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same farm in a lake; tests leave it alone."""
    folder = tmp_path_factory.mktemp("verified") / "lake"
    record_years(Platform(replace(whole.settings, database=f"parquet:///{folder}")), YEARS)
    return folder


@pytest.fixture
def lake(whole: Platform, whole_lake: Path, tmp_path: Path) -> Platform:
    """A copy of the lake, to be spoilt."""
    shutil.copytree(whole_lake, tmp_path / "lake")
    return Platform(replace(whole.settings, database=f"parquet:///{tmp_path / 'lake'}"))


def change_a_value(file: Path) -> None:
    table = pq.read_table(file)
    place = table.schema.get_field_index("total_fish_count") if "total_fish_count" in table.column_names else -1
    name = "count" if place < 0 else "total_fish_count"
    values = table.column(name).to_pylist()
    values[len(values) // 2] += 1
    field = table.schema.field(name)
    pq.write_table(table.set_column(table.schema.get_field_index(name), field, pa.array(values, field.type)), file)


def lose_a_row(file: Path) -> None:
    table = pq.read_table(file)
    pq.write_table(table.slice(1), file)


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 0x10
    file.write_bytes(content)


def lose(file: Path) -> None:
    file.unlink()


def test_a_whole_lake_is_sound(lake: Platform, whole: Platform) -> None:
    found = verify_database(lake)
    assert found.sound, found.as_json()
    with lake.read() as one, whole.read() as other:
        assert one.manifest() == other.manifest()


@pytest.mark.parametrize("damage", [change_a_value, lose_a_row, flip_a_bit, lose])
def test_whatever_happens_to_a_file_is_found(lake: Platform, damage: Callable[[Path], None]) -> None:
    folder = lake.settings.database_url.path
    assert folder is not None
    (file,) = (folder / "batch_mortalityevent" / "year=2015").iterdir()
    damage(file)
    found = verify_database(lake, quick=True)
    assert not found.sound
    assert "batch_mortalityevent" in json.dumps(found.as_json(), default=str)
