"""The ledger's documentation has the description of every frame and column."""

from aquamind_assets.docs_generator import ground_truth, markdown
from aquamind_assets.ledger.ledgers import FRAMES
from aquamind_assets.ledger.model import SiteDays
from aquamind_assets_tests.docs_generator.conftest import DOCS, UPDATE

DOCUMENT = (DOCS / "ground-truth.md").read_text("utf-8")


def test_the_document_is_up_to_date() -> None:
    assert markdown.with_parts(DOCUMENT, ground_truth.parts()) == DOCUMENT, UPDATE


def test_every_column_of_every_stored_frame_is_in_it() -> None:
    sections = {part.split("\n", 1)[0]: part for part in DOCUMENT.split("\n### ")[1:]}
    for name, kind in {**FRAMES, "site_days": SiteDays}.items():
        rows = [
            line.split("|")[1].strip() for line in sections[f"{name}.parquet"].splitlines() if line.startswith("| ")
        ]
        assert rows[2:] == list(kind.names()), name


def test_codes_of_enumerations_are_listed() -> None:
    assert "| `Movement` | 0 stocking, 1 stage_transfer, 2 splitting, 3 harvest" in DOCUMENT
