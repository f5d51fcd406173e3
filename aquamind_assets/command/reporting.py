"""``aquamind report``: pages over a session or the whole history."""

import webbrowser
from pathlib import Path

from aquamind_assets.assets.platform import Platform
from aquamind_assets.command.orders import WrongOrders, choose_years
from aquamind_assets.reports import pages
from aquamind_assets.settings import Settings


def write_report(settings: Settings, session: int | None, years: str | None, folder: Path) -> tuple[Path, Path]:
    """Write the HTML page and the JSON document; their paths.

    Raises:
        WrongOrders: the database has no rows of these years.
    """
    scenario = settings.load_scenario()
    chosen = (
        choose_years(settings, session, years)
        if session is not None or years is not None
        else list(range(scenario.first_year, settings.current_day().year + 1))
    )
    if session is not None:
        title, name = f"{scenario.name}: session {session}, {scenario.sessions[session - 1].name}", f"session_{session}"
    elif years is not None:
        title, name = f"{scenario.name}: {years}", f"years_{years}"
    else:
        title, name = f"{scenario.name}: the whole history", "history"
    with Platform(settings).open() as warehouse:
        found = pages.report(warehouse, chosen, title)
    if found is None:
        raise WrongOrders(f"{settings.database_name} has no rows of {chosen[0]} to {chosen[-1]}; run them first")
    return pages.write(found, folder, name)


def show_in_browser(page: Path) -> None:
    """Open a page in the user's browser."""
    webbrowser.open(page.absolute().as_uri())
