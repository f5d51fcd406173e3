"""``aquamind lake``: a lake for other engines, as a DuckDB catalogue and as Delta tables."""

from typing import TYPE_CHECKING

import typer
from rich.console import Console

from aquamind_assets.cli.options import Database, Json, settings_of
from aquamind_assets.cli.output import print_result
from aquamind_assets.cli.years import UsageError

if TYPE_CHECKING:
    from aquamind_assets.warehouse.lake.database import LakeDatabase

app = typer.Typer(no_args_is_help=True, help="Show a lake of Parquet files to DuckDB and to readers of Delta tables.")


@app.command(
    epilog="`aquamind lake catalogue --database parquet:///data/lake`, then `duckdb data/lake/aquamind.duckdb`"
)
def catalogue(database: Database = None, as_json: Json = False) -> None:
    """Make `aquamind.duckdb` in the lake: a view of every table, with the meaning of every column as its comment."""
    with _lake(database) as lake:
        path = lake.write_catalogue()
    print_result({"catalogue": path}, as_json, lambda: Console().print(path, highlight=False, soft_wrap=True))


@app.command(epilog="`aquamind lake delta --database parquet:///data/lake`")
def delta(database: Database = None, as_json: Json = False) -> None:
    """Register the lake's files as Delta tables, without rewriting them. Run again after more years are written."""
    with _lake(database) as lake:
        versions = lake.register_delta()
    print_result(
        versions,
        as_json,
        lambda: Console().print(f"{len(versions)} tables, versions as of the files that are in the lake now."),
    )


def _lake(database: str | None) -> "LakeDatabase":
    """The lake that the settings name, for reading.

    Raises:
        UsageError: they name another kind of database.
        NothingMaterialized: there is none.
    """
    settings = settings_of(None, None, None, database, None)
    if settings.database_url.kind != "lake":
        raise UsageError(f"--database {settings.database_name}: a lake is needed, such as parquet:///data/lake")
    from aquamind_assets.warehouse.lake.open_lake import lake_at

    lake = lake_at(settings.database_url)
    lake.begin_reading()
    return lake
