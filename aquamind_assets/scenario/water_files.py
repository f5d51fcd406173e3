"""CSV files that a scenario names, put into its document, so that their content decides its fingerprint.

Belongs here: finding and reading these files. Does not belong here: their columns (``site_water``).
"""

from pathlib import Path
from typing import Any

from aquamind_assets.durable_files import usable
from aquamind_assets.scenario.merging import MergeError
from aquamind_assets.scenario.scenario_text import Replace
from aquamind_assets.scenario.site_water import CsvError, read_csv


def inline_water(document: Any, folder: Path) -> None:
    """Puts what the CSV files hold in place of their names, wherever a site's ``water`` is a name; the names are
    relative to ``folder``.

    Raises:
        MergeError: no such file, or it cannot be read.
    """
    farm = _bare(document.get("farm"))
    geographies = _bare(farm.get("geographies")) if isinstance(farm, dict) else None
    for geography in _entries(geographies):
        for site in _entries(_bare(geography.get("sites"))):
            if isinstance(site.get("water"), str):
                site["water"] = Replace(_read(folder / site["water"]))


def _bare(value: Any) -> Any:
    return value.value if isinstance(value, Replace) else value


def _entries(value: Any) -> list[dict[str, Any]]:
    """The mappings of a list of named entries, or of a mapping of their names."""
    entries = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [bare for entry in entries if isinstance(bare := _bare(entry), dict)]


def _read(path: Path) -> dict[str, list[Any]]:
    try:
        with usable("the water of a site", path):
            return read_csv(path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise MergeError(f"water: {path} is not text in UTF-8") from None
    except (CsvError, ValueError) as error:
        raise MergeError(f"water: {path}, {error}") from None
