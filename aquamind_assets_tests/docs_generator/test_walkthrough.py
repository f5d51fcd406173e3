"""The walkthrough's queries run on every database and return the answers in the document, and the story's sums
balance."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from aquamind_assets.docs_generator import walkthrough
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.docs_generator.conftest import DOCS, UPDATE
from aquamind_assets_tests.warehouse.databases import new_database

pytestmark = pytest.mark.slow

DOCUMENT = (DOCS / "walkthrough.md").read_text("utf-8")
QUERIES = walkthrough.queries(DOCUMENT)


@pytest.fixture(scope="module")
def sqlite(walkthrough_farm: Platform) -> Iterator[Warehouse]:
    with walkthrough_farm.open() as warehouse:
        yield warehouse


def test_the_answers_are_up_to_date(sqlite: Warehouse) -> None:
    assert walkthrough.with_answers(DOCUMENT, sqlite) == DOCUMENT, UPDATE


@pytest.mark.parametrize("query", QUERIES, ids=lambda block: f"line-{block.line}")
def test_every_query_returns_rows(query: walkthrough.markdown.Block, sqlite: Warehouse) -> None:
    assert not walkthrough.answer(sqlite, query.text).empty


@pytest.mark.parametrize("kind", ["postgresql", "lake"])
def test_other_databases_answer_the_same(
    walkthrough_farm: Platform, sqlite: Warehouse, kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    database = new_database(kind, request, tmp_path)
    platform = Platform(dataclasses.replace(walkthrough_farm.settings, database=database))
    walkthrough.fill(platform, DOCUMENT)
    with platform.open() as other:
        for query in QUERIES:
            expected, found = walkthrough.answer(sqlite, query.text), walkthrough.answer(other, query.text)
            # Averages of decimals are exact in one database and binary in the other: the last shown digit may differ.
            pd.testing.assert_frame_equal(
                found, expected, check_dtype=False, rtol=1e-3, atol=0.011, obj=f"answer of line {query.line}"
            )


def test_every_fish_is_accounted_for(sqlite: Warehouse) -> None:
    row = walkthrough.answer(sqlite, walkthrough.sums(DOCUMENT)["fish"]).iloc[0]
    assert re.match(r"[\d,]+", row["notes"])[0] == f"{row['eggs']:,}"
    assert min(row["died"], row["harvested"]) > 0 == row["living"]


def test_deaths_are_the_same_in_both_tables(sqlite: Warehouse) -> None:
    deaths = walkthrough.answer(sqlite, walkthrough.sums(DOCUMENT)["deaths"])
    by_table = deaths.groupby("source")["fish"].sum()
    fish = walkthrough.answer(sqlite, walkthrough.sums(DOCUMENT)["fish"]).iloc[0]
    assert by_table.to_dict() == {"mortality events": fish["died"], "health records": fish["died"]}


def test_feed_is_the_same_in_meals_and_summaries(sqlite: Warehouse) -> None:
    row = walkthrough.answer(sqlite, walkthrough.sums(DOCUMENT)["feed"]).iloc[0]
    assert row["kg_in_meals"] == pytest.approx(row["kg_in_summaries"], abs=1e-6)
    by_feed = next(query for query in QUERIES if "inventory_feed AS feed" in query.text and "feed_cost" in query.text)
    assert walkthrough.answer(sqlite, by_feed.text)["kg"].sum() == pytest.approx(row["kg_in_meals"], abs=0.3)


def test_the_document_can_be_about_another_batch(sqlite: Warehouse) -> None:
    other = re.sub(r"BAK\d{8}", "BAK19990101", DOCUMENT)
    assert walkthrough.with_answers(other, sqlite) == DOCUMENT


def test_a_farm_without_such_a_batch_is_refused(sqlite: Warehouse) -> None:
    with pytest.raises(ValueError, match="increase LAST_YEAR"):
        walkthrough.story(DOCUMENT.replace("'COMPLETED'", "'FORGOTTEN'"), sqlite)
