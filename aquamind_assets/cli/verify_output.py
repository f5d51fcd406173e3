"""What ``aquamind verify`` and ``aquamind days`` print of a verification."""

from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.formats import span
from aquamind_assets.cli.tables import Column, print_table
from aquamind_assets.verification.outcomes import LawOutcome, Verification

_COLUMNS = (
    Column("law", wraps=True),
    Column("result"),
    Column("violations", right=True),
    Column("checked", wraps=True),
)


def show(found: Verification, console: Console) -> None:
    """Print a line for each law, then what is wrong, then the conclusion."""
    print_table(console, _COLUMNS, [*_comparison(found), *map(_row, found.laws)])
    for line in found.differences:
        console.print(f"[red]differs[/] {escape(line)}", highlight=False)
    for line in found.findings:
        console.print(f"[red]wrong[/] {escape(line)}", highlight=False)
    for place, count in found.dangling.items():
        console.print(f"[red]dangling foreign key[/] {escape(place)}, {count:,} rows", highlight=False)
    for law in found.laws:
        if law.violations:
            places = ", ".join(f"{place} ({count:,})" for place, count in law.places.items())
            console.print(f"[red]violated[/] {_title(law)}: {places}", highlight=False)
        for example in law.examples:
            console.print(f"  {example}", highlight=False, markup=False)
    for law in found.laws:
        for asset, years in law.not_checked.items():
            console.print(
                f"[yellow]not checked[/] {_title(law)}: {asset} {span(years)}{_reason(law, asset, years[0])}",
                highlight=False,
            )
    for line in found.left_out:
        console.print(f"[yellow]not checked[/] {escape(line)}", highlight=False)
    if found.stale and found.laws:
        console.print(
            f"[yellow]Rows of {span(found.stale)} are stale: made from another scenario or code than the laws were"
            " checked with; --preset or --scenario chooses the scenario.[/]",
            highlight=False,
        )
    verified = span(found.years)
    console.print(
        f"{verified[0].upper()}{verified[1:]}: {conclusion(found)}",
        style="bold green" if found.sound else "bold red",
        highlight=False,
    )


def conclusion(found: Verification) -> str:
    """The result in one sentence."""
    if not found.years and not found.differences and not found.findings:
        return "no rows of the platform, so there was nothing to check."
    if found.sound:
        laws = (
            "every law that could be checked is kept"
            if any(law.not_checked for law in found.laws)
            else "every law is kept"
        )
        written = ["all rows are as written"] if found.compared else []
        return ", ".join([*written, *([laws] if found.laws else [])]) + "."
    return (
        "something is wrong. `aquamind clear` and `aquamind run` of the years named above write them again; a damaged"
        " file is restored from a backup first."
    )


def _comparison(found: Verification) -> list[tuple[str, ...]]:
    """The lines of digests and foreign keys; none where only laws were checked."""
    if not found.compared:
        return []
    differing, dangling = len(found.differences), sum(found.dangling.values())
    return [
        (
            "rows are as written",
            _mark(differing),
            f"{differing:,}",
            f"{found.rows:,} rows in {found.compared:,} table-years",
        ),
        (
            "pages, checkpoints and claims agree",
            _mark(len(found.findings)),
            f"{len(found.findings):,}",
            "pages, indexes, checkpoints, claims, copies",
        ),
        ("foreign keys refer to rows", _mark(dangling), f"{dangling:,}", "every row of every table"),
    ]


def _row(law: LawOutcome) -> tuple[str, ...]:
    nothing = not any(law.checked.values()) and bool(law.not_checked)
    mark = "[yellow]not checked[/]" if nothing else _mark(law.violations)
    return _title(law), mark, f"{law.violations:,}", _checked(law)


def _checked(law: LawOutcome) -> str:
    """What was checked, in a few words."""
    checked = {what: number for what, number in law.checked.items() if number}
    tables = sum(what.startswith("rows of ") for what in checked)
    if tables:
        return f"{sum(checked.values()):,} rows of {tables} tables"
    return ", ".join(f"{number:,} {what}" for what, number in checked.items()) or "nothing"


def _reason(law: LawOutcome, asset: str, year: int) -> str:
    """Why a year was not checked, in brackets, if that is known."""
    place = f"{asset} {year}: "
    return next((f" ({text.removeprefix(place)})" for text in law.left_out if text.startswith(place)), "")


def _title(law: LawOutcome) -> str:
    return law.law.replace("_", " ")


def _mark(violations: int) -> str:
    return "[red]violated[/]" if violations else "[green]kept[/]"
