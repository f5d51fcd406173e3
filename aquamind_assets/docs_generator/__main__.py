"""Write the generated parts of ``docs/``: ``python -m aquamind_assets.docs_generator [FOLDER]``."""

import sys
import tempfile
from pathlib import Path

from aquamind_assets.docs_generator import ground_truth, markdown, pictures, walkthrough, what_if
from aquamind_assets.tables.dictionary import dictionary, file_of
from aquamind_assets.tables.releases import RELEASES, Release


def write(folder: Path) -> None:
    """Update the documents in ``folder``. The farms in them are simulated."""
    for release in RELEASES:
        (folder / file_of(release)).write_text(dictionary(release), "utf-8")
    _put(folder / "ground-truth.md", ground_truth.parts())
    farms = what_if.histories()
    _put(folder / "what-if.md", what_if.parts(farms))
    (folder / "images").mkdir(exist_ok=True)
    (folder / "images" / "graph.png").write_bytes(pictures.graph_picture())
    (folder / "images" / "what-if.png").write_bytes(what_if.picture(farms))
    lice = [_tell(folder, release) for release in RELEASES]
    if lice[-1] is not None:
        (folder / "images" / "lice.png").write_bytes(lice[-1])


def _tell(folder: Path, release: Release) -> bytes | None:
    """Update the walkthrough of a release; returns the picture of the lice on its farm."""
    story = folder / walkthrough.file_of(release)
    with tempfile.TemporaryDirectory() as place:
        document = story.read_text("utf-8")
        platform = walkthrough.make_farm(Path(place), document, release)
        with platform.open() as warehouse:
            story.write_text(walkthrough.with_answers(document, warehouse), "utf-8")
            years = range(platform.scenario.first_year, walkthrough.LAST_YEAR + 1)
            return pictures.lice_picture(warehouse, years, platform.scenario.health.lice.threshold)


def _put(file: Path, parts: dict[str, str]) -> None:
    file.write_text(markdown.with_parts(file.read_text("utf-8"), parts), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
