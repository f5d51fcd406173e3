"""Links from each asset to the functions that make its rows, as files on this machine or in a repository on the web.

Dagster's own ``with_source_code_references`` links to where an asset is defined, which is one module for all tables.
"""

import inspect
from collections.abc import Callable, Iterable
from pathlib import Path

import dagster as dg

import aquamind_assets

ROOT = Path(aquamind_assets.__file__).resolve().parents[1]


def code_references(functions: Iterable[Callable[..., object]]) -> dg.CodeReferencesMetadataValue:
    """Links to the lines at which these functions begin."""
    places: dict[tuple[Path, str], int] = {}
    for function in functions:
        plain = inspect.unwrap(function)
        path = Path(inspect.getsourcefile(plain) or "").resolve()
        places.setdefault((path, plain.__name__), inspect.getsourcelines(plain)[1])
    return dg.CodeReferencesMetadataValue(
        code_references=[
            dg.LocalFileCodeReference(file_path=str(path), line_number=line, label=f"{name} in {path.name}")
            for (path, name), line in places.items()
        ]
    )


def linked_to_git(assets: list[dg.AssetsDefinition], url: str, branch: str = "main") -> "list[dg.AssetsDefinition]":
    """The same assets, their links pointing into a repository at GitHub or GitLab instead of at local files."""
    mapping = dg.AnchorBasedFilePathMapping(local_file_anchor=ROOT, file_anchor_path_in_repository="")
    return list(dg.link_code_references_to_git(assets, url, branch, mapping))  # type: ignore[arg-type]
