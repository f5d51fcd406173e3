"""What a process is told from outside: which scenario, which database, which place for ledgers, which day it is.

Belongs here: the only reading of environment variables and of the note that the last command left. Does not belong
here: what any of it means (``scenario``, ``warehouse``), which day a scenario was staged for (``staging_day``).
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import yaml

from aquamind_assets import staging_day
from aquamind_assets.errors import UserError
from aquamind_assets.scenario.loading import load_scenario, staging_key
from aquamind_assets.scenario.model import Scenario

DEFAULT_HOME = ".dagster_home"
NOTE = "aquamind.yaml"
"""File in DAGSTER_HOME that holds the settings of the last ``aquamind run``, so that the user interface shows the same
data without being told again."""

VARIABLES = {
    "scenario": "AQUAMIND_SCENARIO",
    "changes": "AQUAMIND_SET",
    "database": "AQUAMIND_DATABASE",
    "ledger": "AQUAMIND_LEDGER",
    "today": "AQUAMIND_TODAY",
}
"""Environment variable of each setting. AQUAMIND_SET holds ``path=value`` changes, one a line or separated by ``;``."""


class SettingsError(UserError):
    """A setting that cannot be used; the message names it, its value and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """One process's orders from outside.

    Attributes:
        scenario: name of a preset, or a YAML file.
        changes: ``path=value`` changes on top of it.
        database: ``sqlite:///<file>`` or ``postgresql://...``.
        ledger: folder or any URL that universal-pathlib opens; ledgers lie below it.
        today: the day that counts as today; None for the machine's date (UTC).
        staged: the day that a staging date of ``yesterday`` means; None for the one that is kept beside the ledgers, or
            else yesterday.
    """

    scenario: str = "demo"
    changes: tuple[str, ...] = ()
    database: str = "sqlite:///data/aquamind.db"
    ledger: str = "data/ledger"
    today: date | None = None
    staged: date | None = None

    @classmethod
    def load(
        cls,
        *,
        scenario: str | None = None,
        changes: Sequence[str] = (),
        database: str | None = None,
        ledger: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> "Settings":
        """Settings from arguments, else environment variables, else the note in DAGSTER_HOME, else the defaults.

        Scenario and changes belong together: whoever names one of them gives both.

        Raises:
            SettingsError: AQUAMIND_TODAY is no date, or the note in DAGSTER_HOME is damaged.
        """
        environment = os.environ if environment is None else environment
        told = cls()
        for source in (
            _noted(home_of(environment)),
            _from(environment),
            _from_arguments(scenario, changes, database, ledger),
        ):
            if {"scenario", "changes"} & source.keys():
                source = {"scenario": cls.scenario, "changes": ()} | source
            told = replace(told, **source)
        return told

    def load_scenario(self) -> Scenario:
        """The scenario itself, validated.

        Raises:
            ScenarioError: it cannot be used.
        """
        return load_scenario(self.scenario, self.changes, self._staging_day)

    def settled(self, *, keep: bool = True) -> "Settings":
        """These settings with the day that a staging date of ``yesterday`` means: kept from the first time on, for this
        scenario in this database.

        With ``keep`` false a day that is kept is found, and none is written down.

        Raises:
            ScenarioError: no such preset or file, not YAML, or an unknown path.
        """
        key = staging_key(self.scenario, self.changes)
        if key is None:
            return self
        day = self._staging_day(key)
        return replace(self, staged=staging_day.keep(self.ledger, self._staged_farm(key), day) if keep else day)

    def forget_staging_day(self) -> None:
        """Whoever settles the same scenario again gets a new day."""
        key = staging_key(self.scenario, self.changes)
        if key is not None:
            staging_day.forget(self.ledger, self._staged_farm(key))

    def _staging_day(self, key: str) -> date:
        return (
            self.staged
            or staging_day.kept(self.ledger, self._staged_farm(key))
            or self.current_day() - timedelta(days=1)
        )

    def _staged_farm(self, key: str) -> staging_day.StagedFarm:
        return staging_day.StagedFarm(key, absolute_url(self.database_name))

    def current_day(self) -> date:
        """Today in UTC, or the day that the settings give for it."""
        return self.today or datetime.now(UTC).date()

    @property
    def database_name(self) -> str:
        """The database's URL without a password, for messages."""
        parts = urlsplit(self.database)
        return (
            self.database
            if parts.password is None
            else urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@")))
        )

    def as_environment(self) -> dict[str, str]:
        """The environment variables that tell another process the same, with absolute places."""
        told = {
            "scenario": _absolute_scenario(self.scenario),
            "changes": "\n".join(self.changes),
            "database": absolute_url(self.database),
            "ledger": _absolute(self.ledger),
        }
        if self.today is not None:
            told["today"] = self.today.isoformat()
        return {VARIABLES[name]: value for name, value in told.items()}

    def note(self, home: Path) -> None:
        """Leave these settings in DAGSTER_HOME for the processes that come after."""
        content: dict[str, Any] = {
            "scenario": _absolute_scenario(self.scenario),
            "changes": list(self.changes),
            "database": absolute_url(self.database),
            "ledger": _absolute(self.ledger),
        }
        aside = home / f".{NOTE}.{os.getpid()}"
        aside.write_text(
            "# Written by `aquamind run`; arguments and AQUAMIND_* variables go before it.\n"
            + yaml.safe_dump(content, sort_keys=False),
            "utf-8",
        )
        aside.replace(home / NOTE)


def home_of(environment: Mapping[str, str] | None = None) -> Path:
    """DAGSTER_HOME, or ``.dagster_home`` in the working directory; absolute."""
    environment = os.environ if environment is None else environment
    return Path(environment.get("DAGSTER_HOME") or DEFAULT_HOME).expanduser().absolute()


def absolute_url(url: str) -> str:
    """A SQLite URL with its file's absolute path; other URLs unchanged."""
    prefix = "sqlite:///"
    return prefix + str(Path(url.removeprefix(prefix)).absolute()) if url.startswith(prefix) else url


def _absolute(place: str) -> str:
    return place if "://" in place else str(Path(place).absolute())


def _absolute_scenario(scenario: str) -> str:
    return str(Path(scenario).absolute()) if Path(scenario).is_file() else scenario


def _from_arguments(
    scenario: str | None, changes: Sequence[str], database: str | None, ledger: str | None
) -> dict[str, Any]:
    given = {"scenario": scenario, "changes": tuple(changes) or None, "database": database, "ledger": ledger}
    return {name: value for name, value in given.items() if value is not None}


def _from(environment: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {
        name: environment[variable] for name, variable in VARIABLES.items() if environment.get(variable)
    }
    if "changes" in given:
        given["changes"] = tuple(
            change.strip() for change in given["changes"].replace("\n", ";").split(";") if change.strip()
        )
    if "today" in given:
        try:
            given["today"] = date.fromisoformat(given["today"])
        except ValueError:
            raise SettingsError(f"{VARIABLES['today']} = {given['today']!r}: give a date such as 2025-03-31") from None
    return given


def _noted(home: Path) -> dict[str, Any]:
    path = home / NOTE
    if not path.is_file():
        return {}
    content = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(content, dict) or set(content) - {"scenario", "changes", "database", "ledger"}:
        raise SettingsError(
            f"{path} is damaged: it holds scenario, changes, database and ledger; delete it to go back to the defaults"
        )
    return content | {"changes": tuple(content.get("changes", ()))}
