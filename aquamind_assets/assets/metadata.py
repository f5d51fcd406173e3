"""What Dagster shows of tables and of written years.

Belongs here: table descriptions and checkpoints as Dagster metadata, with the same keys every year so that they plot.
Does not belong here: pictures and the farm's figures (``reports``, ``figures``).
"""

from dataclasses import fields
from typing import Any

import dagster as dg

from aquamind_assets.assets.keys import key_of
from aquamind_assets.ledger.frames import Frame
from aquamind_assets.masking import masked
from aquamind_assets.pipeline.platform import BEFORE_THE_FARM, Platform
from aquamind_assets.pipeline.writing import YearWritten
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.reports.asset_reports import AssetReport, figures_of
from aquamind_assets.reports.drawing import data_uri
from aquamind_assets.tables.releases import Release, tables_of
from aquamind_assets.tables.schema import ColumnSpec, TableSpec
from aquamind_assets.timeline import to_date
from aquamind_assets.warehouse.checkpoints import Checkpoint, TableYear


def column_schema(table: TableSpec) -> dg.TableSchema:
    """The table's columns with types, units, descriptions and constraints."""
    single = {unique.columns[0] for unique in table.unique if len(unique.columns) == 1 and unique.where is None} | (
        {table.primary_key[0]} if len(table.primary_key) == 1 else set()
    )
    columns = [
        dg.TableColumn(
            name=column.name,
            type=column.type,
            description=column.description
            + (f" [{column.unit}]" if column.unit else "")
            + (f" — {column.how}" if column.how else ""),
            constraints=dg.TableColumnConstraints(
                nullable=column.nullable, unique=column.name in single, other=_rules(column)
            ),
        )
        for column in table.columns
    ]
    together = [
        f"unique ({', '.join(unique.columns)})" + (f" where {unique.where}" if unique.where else "")
        for unique in table.unique
        if len(unique.columns) > 1
    ]
    return dg.TableSchema(
        columns=columns, constraints=dg.TableConstraints(other=[*together, *(check.sql for check in table.checks)])
    )


def frame_schema(frame: type[Frame]) -> dg.TableSchema:
    """The columns of a frame of the ledger with types, units and meanings."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=spec.name,
                type=spec.metadata["dtype"],
                description=spec.metadata["meaning"] + (f" [{spec.metadata['unit']}]" if spec.metadata["unit"] else ""),
                constraints=dg.TableColumnConstraints(nullable=False),
            )
            for spec in fields(frame)
        ]
    )


def _rules(column: ColumnSpec) -> list[str]:
    rules = [f"refers to {column.references}"] if column.references else []
    if column.choices:
        rules.append("one of " + ", ".join(column.choices))
    if column.minimum is not None:
        rules.append(f">= {column.minimum:g}")
    if column.maximum is not None:
        rules.append(f"<= {column.maximum:g}")
    return rules


def described(recorder: Recorder, release: Release) -> str:
    """Return the asset's description: its purpose, its source, and the meaning of a row of each table."""
    lines = [f"* `{name}`: {tables_of(release)[name].description}" for name in recorder.tables]
    simulated = recorder.asset not in BEFORE_THE_FARM
    source = "the year's ledger" if simulated else "the scenario"
    manner = (
        f"in chunks of 30 days, from {source}"
        if recorder.kind == "chunked"
        else f"as a whole, from {source}{', as of the latest simulated day' if simulated else ''}"
    )
    return "\n".join([recorder.description, "", f"Written {manner}:", "", *lines])


def definition_metadata(recorder: Recorder, release: Release) -> dict[str, Any]:
    """What is known of an asset before any year is written."""
    first, *others = recorder.tables
    tables = tables_of(release)
    schemas = {f"columns of {name}": dg.MetadataValue.table_schema(column_schema(tables[name])) for name in others}
    return {
        "dagster/table_name": first,
        "dagster/column_schema": column_schema(tables[first]),
        "tables": dg.MetadataValue.json(list(recorder.tables)),
        **schemas,
        **figures_metadata(recorder.asset),
    }


def column_lineage(recorder: Recorder, release: Release) -> dg.TableColumnLineage:
    """Which column of which asset each foreign key of the first table takes its values from; references within the
    asset are left out. A column of another table than the asset's first is named with its table."""
    made_by = {table: other for other in recorders_of(release).values() for table in other.tables}
    lineage = {}
    for column in tables_of(release)[recorder.tables[0]].foreign_keys:
        table = str(column.references)
        source = made_by.get(table)
        if source is not None and source.asset != recorder.asset:
            key = str(column.referenced_key)
            name = key if table == source.tables[0] else f"{table}.{key}"
            lineage[column.name] = [dg.TableColumnDep(key_of(source.asset), name)]
    return dg.TableColumnLineage(lineage)


def chunk_metadata(checkpoint: Checkpoint, chunks: int) -> dict[str, Any]:
    """One committed chunk."""
    return {
        "chunk": checkpoint.chunk + 1,
        "chunks": chunks,
        "days": f"{to_date(checkpoint.first_day)} to {to_date(checkpoint.last_day)}",
        "rows": checkpoint.rows,
        "rows_per_s": round(checkpoint.rows / max(checkpoint.seconds, 1e-6)),
        "peak_memory_mb": round(checkpoint.peak_memory_mb, 1),
    }


def written_metadata(
    recorder: Recorder, release: Release, year: int, written: YearWritten, manifest: list[TableYear]
) -> dict[str, Any]:
    """A finished year of one asset; the same numbers every year. Rows of the year are those with ids of the year, and
    those whose ids AquaMind fixes, which are of every year. Dagster's own two counts are of the table that it names
    beside them, the asset's first. ``manifest`` is of the asset's tables."""
    this_year = [entry for entry in manifest if entry.year in (year, 0)]
    rows_by_table: dict[str, int] = {}
    for entry in this_year:
        rows_by_table[entry.table] = rows_by_table.get(entry.table, 0) + entry.rows
    first = recorder.tables[0]
    return {
        "dagster/row_count": sum(entry.rows for entry in manifest if entry.table == first),
        "dagster/partition_row_count": rows_by_table.get(first, 0),
        "rows": sum(rows_by_table.values()),
        "rows_written": written.rows_written,
        "seconds": round(written.seconds, 3),
        "rows_per_s": round(written.rows_written / max(written.seconds, 1e-6)) if written.written else 0,
        "peak_memory_mb": round(written.peak_memory_mb, 1),
        "chunks_written": len(written.written),
        "chunks_resumed": len(written.resumed),
        "chunks_appended": written.appended,
        "dagster/column_lineage": column_lineage(recorder, release),
        "rows by table": dg.MetadataValue.json(rows_by_table),
    }


def kinds_of_database(platform: Platform) -> set[str]:
    """What Dagster shows an icon for, of the database in use."""
    url = platform.settings.database_url
    return {"numpy", *(_storage(url.text) if url.kind == "lake" else {url.kind})}


def kinds_of_ledger(platform: Platform) -> set[str]:
    """What Dagster shows an icon for, of the place of the ledgers."""
    return {"numpy", *_storage(platform.settings.ledger)}


def _storage(place: str) -> set[str]:
    """Parquet, and the object store that a URL names."""
    scheme = place.partition("://")[0] if "://" in place else ""
    return {"parquet", *({scheme} & {"s3", "gs", "az", "abfs"})}


def origin(platform: Platform) -> dict[str, Any]:
    """Which scenario, database and ledgers a materialization is of; secrets hidden."""
    settings = platform.settings
    return {
        "scenario": " ".join([settings.scenario, *(f"--set {change}" for change in settings.changes)]),
        "fingerprint": platform.scenario_fingerprint,
        "database": settings.database_name,
        "ledger": masked(settings.ledger),
    }


def report_metadata(report: AssetReport) -> dict[str, Any]:
    """A report's figures as bare numbers, its pictures as Markdown that the user interface shows."""
    return dict(report.figures) | {
        title: dg.MetadataValue.md(f"![{title}]({data_uri(picture)})") for title, picture in report.pictures.items()
    }


def figures_metadata(asset: str) -> dict[str, Any]:
    """What the figures in an asset's metadata mean; empty for assets without any."""
    figures = figures_of(asset)
    if not figures:
        return {}
    lines = ["| key | figure | unit | meaning | made from |", "|---|---|---|---|---|"]
    lines += [f"| `{one.key}` | {one.title} | {one.unit} | {one.meaning} | {one.period} |" for one in figures]
    return {"figures": dg.MetadataValue.md("\n".join(lines))}
