"""The years that ``--session`` and ``--years`` choose, and errors in options."""

import re

from aquamind_assets.errors import UserError
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.settings import Settings

YEARS = re.compile(r"(?P<first>[0-9]{4})(?:-(?P<last>[0-9]{4}))?")


class UsageError(UserError):
    """An option that cannot be used as given; the message names it, its value and what is allowed."""


def choose_years(settings: Settings, session: int | None, years: str | None) -> list[int]:
    """The years that options choose: a session, ``2018``, ``2018-2020``, or the whole history.

    Raises:
        UsageError: no such session, not a range, or years that the scenario or the calendar does not have.
    """
    scenario, running_year = settings.load_scenario(), settings.current_day().year
    if session is not None and years is not None:
        raise UsageError("--session and --years: give one of them")
    if session is not None:
        first, last = _of_session(scenario, session)
    elif years is not None:
        found = YEARS.fullmatch(years.strip())
        if found is None:
            raise UsageError(f"--years {years}: write 2018 or 2018-2020")
        first, last = int(found["first"]), int(found["last"] or found["first"])
    else:
        first, last = scenario.first_year, min(scenario.last_year, running_year)
    if not scenario.first_year <= first <= last <= running_year:
        raise UsageError(
            f"years {first}-{last}: allowed are {scenario.first_year} to {running_year}, the current year, in ascending"
            " order"
        )
    return list(range(first, last + 1))


def _of_session(scenario: Scenario, session: int) -> tuple[int, int]:
    if not 1 <= session <= len(scenario.sessions):
        raise UsageError(f"--session {session}: scenario {scenario.name} has sessions 1 to {len(scenario.sessions)}")
    chosen = scenario.sessions[session - 1]
    return chosen.first_year, chosen.last_year
