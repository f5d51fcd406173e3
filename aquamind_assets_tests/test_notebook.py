"""The notebook of docs/notebooks, cell by cell, on the tiny farm in SQLite and in a lake."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from matplotlib import pyplot

import aquamind_assets
from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets_tests.recorded_once import recorded_once
from aquamind_assets_tests.slow_cases import slow_after

NOTEBOOK = Path(aquamind_assets.__file__).parents[1] / "docs" / "notebooks" / "five_plots.ipynb"


@pytest.mark.parametrize("kind", slow_after(1, ["sqlite", "lake"]))
def test_the_notebook_draws_five_plots_with_data(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = recorded_once(tmp_path)
    if kind == "lake":
        platform = Platform(replace(platform.settings, database=f"parquet:///{tmp_path / 'lake'}"))
        record_years(platform, [2015, 2016])
        with platform.read() as warehouse:
            warehouse.show_to_others()
    data = tmp_path / ("aquamind.db" if kind == "sqlite" else "lake/aquamind.duckdb")
    monkeypatch.setenv("AQUAMIND_NOTEBOOK_DATA", str(data))
    monkeypatch.setattr(pyplot, "show", lambda: None)
    pyplot.switch_backend("Agg")
    document = json.loads(NOTEBOOK.read_text("utf-8"))
    names: dict[str, Any] = {}
    with matplotlib.rc_context():
        for cell in document["cells"]:
            assert not cell.get("outputs"), "committed without outputs"
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), names)
        figures = [pyplot.figure(number) for number in pyplot.get_fignums()]
        assert len(figures) == 5
        assert all(axes.has_data() for figure in figures for axes in figure.axes)
        pyplot.close("all")
