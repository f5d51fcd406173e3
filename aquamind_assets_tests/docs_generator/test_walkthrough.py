"""The queries of each release's walkthrough run on every database and return the answers in the document, and the
story's sums balance."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from aquamind_assets.docs_generator import walkthrough
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.tables.releases import RELEASES, Release
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.docs_generator.conftest import DOCS, UPDATE
from aquamind_assets_tests.warehouse.databases import new_database

pytestmark = pytest.mark.slow

DOCUMENTS = {release: (DOCS / walkthrough.file_of(release)).read_text("utf-8") for release in RELEASES}


@pytest.fixture(scope="module", params=RELEASES)
def farm(walkthrough_farms: Callable[[Release], Platform], request: pytest.FixtureRequest) -> Platform:
    return walkthrough_farms(request.param)


@pytest.fixture(scope="module")
def document(farm: Platform) -> str:
    return DOCUMENTS[farm.release]


@pytest.fixture(scope="module")
def sqlite(farm: Platform) -> Iterator[Warehouse]:
    with farm.open() as warehouse:
        yield warehouse


def test_the_answers_are_up_to_date(document: str, sqlite: Warehouse) -> None:
    assert walkthrough.with_answers(document, sqlite) == document, UPDATE


def test_every_query_returns_rows(document: str, sqlite: Warehouse) -> None:
    queries = walkthrough.queries(document)
    assert len(queries) > 15
    assert [query.line for query in queries if walkthrough.answer(sqlite, query.text).empty] == []


@pytest.mark.parametrize("kind", ["postgresql", "lake"])
def test_other_databases_answer_the_same(
    farm: Platform, document: str, sqlite: Warehouse, kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    database = new_database(kind, request, tmp_path)
    platform = Platform(dataclasses.replace(farm.settings, database=database))
    walkthrough.fill(platform, document)
    with platform.open() as other:
        for query in walkthrough.queries(document):
            expected, found = walkthrough.answer(sqlite, query.text), walkthrough.answer(other, query.text)
            # Averages of decimals are exact in one database and binary in the other: the last shown digit may differ.
            pd.testing.assert_frame_equal(
                found, expected, check_dtype=False, rtol=1e-3, atol=0.011, obj=f"answer of line {query.line}"
            )


def test_every_fish_is_accounted_for(document: str, sqlite: Warehouse) -> None:
    row = walkthrough.answer(sqlite, walkthrough.sums(document)["fish"]).iloc[0]
    assert re.match(r"[\d,]+", row["notes"])[0] == f"{row['eggs']:,}"
    assert min(row["died"], row["harvested"]) > 0 == row["living"]


def test_deaths_are_the_same_in_both_tables(document: str, sqlite: Warehouse) -> None:
    deaths = walkthrough.answer(sqlite, walkthrough.sums(document)["deaths"])
    by_table = deaths.groupby("source")["fish"].sum()
    fish = walkthrough.answer(sqlite, walkthrough.sums(document)["fish"]).iloc[0]
    assert by_table.to_dict() == {"mortality events": fish["died"], "health records": fish["died"]}


def test_feed_is_the_same_in_meals_and_summaries(document: str, sqlite: Warehouse) -> None:
    row = walkthrough.answer(sqlite, walkthrough.sums(document)["feed"]).iloc[0]
    assert row["kg_in_meals"] == pytest.approx(row["kg_in_summaries"], abs=1e-6)
    by_feed = next(
        query
        for query in walkthrough.queries(document)
        if "inventory_feed AS feed" in query.text and "feed_cost" in query.text
    )
    assert walkthrough.answer(sqlite, by_feed.text)["kg"].sum() == pytest.approx(row["kg_in_meals"], abs=0.3)


def test_the_document_can_be_about_another_batch(document: str, sqlite: Warehouse) -> None:
    other = re.sub(r"BAK\d{8}", "BAK19990101", document)
    assert walkthrough.with_answers(other, sqlite) == document


def test_a_farm_without_such_a_batch_is_refused(document: str, sqlite: Warehouse) -> None:
    with pytest.raises(ValueError, match="increase LAST_YEAR"):
        walkthrough.story(document.replace("'COMPLETED'", "'FORGOTTEN'"), sqlite)
