"""The data dictionary has every column of the description, and the file in docs is up to date."""

from pathlib import Path

import pytest

from aquamind_assets.tables.dictionary import dictionary, file_of, main
from aquamind_assets.tables.releases import RELEASES, Release, tables_of
from aquamind_assets_tests.release_2025_08 import TABLES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("release", RELEASES)
def test_the_file_is_up_to_date(release: Release):
    file = file_of(release)
    assert (DOCS / file).read_text("utf-8") == dictionary(release), (
        f"run: python -m aquamind_assets.tables.dictionary docs/{file} {release}"
    )


def test_every_table_and_column_is_in_it():
    sections = {part.split("\n", 1)[0]: part for part in dictionary("2025-08").split("\n### ")[1:]}
    assert list(sections) == list(TABLES)
    for table in TABLES.values():
        rows = [
            line
            for line in sections[table.name].splitlines()
            if line.startswith("| ") and not line.startswith("| column")
        ]
        assert [row.split("|")[1].strip().strip("*") for row in rows] == list(table.column_names)
        assert all(row.count("|") == 7 for row in rows), "a text must not hold the separator of cells"


def test_tables_that_stay_empty_are_named_and_not_described():
    text = dictionary("2026-03")
    for name, table in tables_of("2026-03").items():
        assert (f"\n### {name}\n" in text) == (table.made_by is not None)
        assert f"`{name}`" in text or table.made_by


def test_choices_ranges_units_and_keys_are_listed():
    text = dictionary("2025-08")
    assert "| **id** | bigint |" in text
    assert "`ACTIVE`, `COMPLETED`, `TERMINATED`" in text
    assert "| wind_direction | integer, empty | degree | Direction the wind comes from. | 0 to 360 |" in text
    assert "With TimescaleDB the primary key is (reading_time, sensor_id)." in text
    assert "Unique: (batch_id, container_id) where is_active." in text


def test_it_is_written_to_the_given_file(tmp_path, capsys):
    main([str(tmp_path / "dictionary.md")])
    main([])
    assert (tmp_path / "dictionary.md").read_text("utf-8") + "\n" == capsys.readouterr().out
