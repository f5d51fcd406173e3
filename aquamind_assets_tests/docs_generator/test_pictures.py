"""The README's pictures."""

from pathlib import Path

import aquamind_assets
from aquamind_assets.assets.keys import name_of
from aquamind_assets.definitions import build_defs
from aquamind_assets.docs_generator.pictures import graph_picture
from aquamind_assets.pipeline.lineage import graph
from aquamind_assets.settings import Settings
from aquamind_assets.tables.releases import DEFAULT_RELEASE

IMAGES = Path(aquamind_assets.__file__).parents[1] / "docs" / "images"


def test_the_drawn_graph_is_that_of_dagster() -> None:
    specs = build_defs(Settings(scenario="tiny")).resolve_all_asset_specs()
    shown = {
        name_of(spec.key): {name_of(dep.asset_key) for dep in spec.deps} for spec in specs if spec.kinds != {"html"}
    }
    assert {asset: set(above) for asset, above in graph(DEFAULT_RELEASE).items()} == shown


def test_the_picture_of_the_graph_is_up_to_date() -> None:
    assert (IMAGES / "graph.png").read_bytes() == graph_picture(), "run `make docs`"
