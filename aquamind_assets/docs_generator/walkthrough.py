"""``docs/walkthrough.md`` and its twins of other releases: their queries and answers.

Belongs here: the farm that is queried, and writing answers into the document. Does not belong here: the queries, which
are in the documents themselves.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd

from aquamind_assets.docs_generator import markdown
from aquamind_assets.docs_generator.farms import platform_in
from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.lineage import READINGS
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.simulation import store_ledgers
from aquamind_assets.tables.releases import DEFAULT_RELEASE, Release
from aquamind_assets.timeline import DayRange, day_number
from aquamind_assets.warehouse.warehouse import Warehouse

PRESET = "demo"
LAST_YEAR = 2018
"""Last year of the farm. A batch of the first year lives two and a half years."""

_SUMS = re.compile(r"<!-- sums: (?P<name>\S+) -->\s*\Z")
_ANSWER = re.compile(r"\n\n(?:\|[^\n]*(?:\n|\Z))+")
_BATCH = re.compile(r"BAK\d{8}")


def file_of(release: Release) -> str:
    """Return the name of the document of a release, in the folder of the documentation."""
    return "walkthrough.md" if release == DEFAULT_RELEASE else f"walkthrough-{release}.md"


def make_farm(place: Path, document: str, release: Release) -> Platform:
    """Return the farm of a release's document, with its database. It has only the readings of the day in the
    document."""
    platform = platform_in(place, PRESET, release)
    store_ledgers(platform, LAST_YEAR)
    fill(platform, document)
    return platform


def fill(platform: Platform, document: str) -> None:
    """Record the stored years into the platform's database."""
    record_years(platform, range(platform.scenario.first_year, LAST_YEAR + 1), platform.recorders.keys() - {READINGS})
    with platform.open() as warehouse:
        shown = _first_delousing(warehouse, story(document, warehouse))
    day = day_number(shown)
    record_years(platform, [shown.year], [READINGS], DayRange(day, day + 1))


def queries(document: str) -> list[markdown.Block]:
    """Return the document's queries, in order."""
    return [block for block in markdown.blocks(document) if block.language == "sql"]


def sums(document: str) -> dict[str, str]:
    """Return the queries whose sums must balance, by the name in the comment ``<!-- sums: name -->`` before them."""
    found = {}
    for block in queries(document):
        marker = _SUMS.search(document, 0, block.start)
        if marker:
            found[marker["name"]] = block.text
    return found


def answer(warehouse: Warehouse, query: str) -> pd.DataFrame:
    """Return the rows of a query."""
    return warehouse.frame(query.strip().removesuffix(";"))


def story(document: str, warehouse: Warehouse) -> str:
    """Return the number of the batch that the document's first query selects.

    Raises:
        ValueError: it selects none; increase :data:`LAST_YEAR`.
    """
    chosen = answer(warehouse, queries(document)[0].text)
    if chosen.empty:
        raise ValueError(
            f"no batch of preset {PRESET} was ill, treated for lice and harvested by {LAST_YEAR}: increase LAST_YEAR"
        )
    return str(chosen["batch_number"][0])


def with_answers(document: str, warehouse: Warehouse) -> str:
    """Return the document about the batch that its first query selects, with the answers below the queries."""
    document = _BATCH.sub(story(document, warehouse), document)
    return "".join(_answered(document, warehouse))


def _answered(document: str, warehouse: Warehouse) -> Iterator[str]:
    place = 0
    for block in queries(document):
        frame = answer(warehouse, block.text)
        yield document[place : block.end]
        yield "\n\n" + markdown.table(list(frame.columns), frame.astype(object).to_numpy().tolist()) + "\n"
        old = _ANSWER.match(document, block.end)
        place = old.end() if old else block.end + 1
    yield document[place:]


def _first_delousing(warehouse: Warehouse, batch_number: str) -> date:
    sql = """
        SELECT MIN(treatment.treatment_date) AS first FROM health_treatment AS treatment
        JOIN batch_batch AS batch ON batch.id = treatment.batch_id
        WHERE treatment.description LIKE ? AND batch.batch_number = ?"""
    return date.fromisoformat(str(warehouse.frame(sql, ("%salmon lice%", batch_number))["first"][0])[:10])
