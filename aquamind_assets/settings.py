"""The settings of a process: scenario, database, place of the ledgers, the day that counts as today.

Belongs here: the only reading of environment variables and of the note that the last command left. Does not belong
here: what a setting means (``scenario``, ``warehouse``), keeping the day of a staged scenario (``staging_day``).
"""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from aquamind_assets import staging_day
from aquamind_assets.durable_files import PRIVATE, replace_file, usable
from aquamind_assets.errors import UserError
from aquamind_assets.masking import masked
from aquamind_assets.scenario.loading import load_scenario, staging_key
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.tables.releases import Release, UnknownRelease, release_named
from aquamind_assets.warehouse.url import DatabaseUrl
from aquamind_assets.yaml_text import NotYaml, read_yaml

DEFAULT_HOME = ".dagster_home"
NOTE = "aquamind.yaml"
"""File in DAGSTER_HOME that holds the settings of the last ``aquamind run``, so that the next command uses the same
data. Only commands read it: ``aquamind ui`` passes its settings on as environment variables. It holds the database's
password only where that was asked for; only its owner reads it."""

NOTED = {"scenario": str, "changes": list, "database": str, "ledger": str}
"""Keys of the note and the types of their values."""

VARIABLES = {
    "scenario": "AQUAMIND_SCENARIO",
    "changes": "AQUAMIND_SET",
    "database": "AQUAMIND_DATABASE",
    "ledger": "AQUAMIND_LEDGER",
    "today": "AQUAMIND_TODAY",
    "workers": "AQUAMIND_WORKERS",
    "release": "AQUAMIND_RELEASE",
}
"""Environment variable of each setting. AQUAMIND_SET holds ``path=value`` changes, separated by line ends or ``;``."""

MOST_WORKERS = 256


class SettingsError(UserError):
    """A setting that cannot be used; the message names it, its value and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """The settings of a process.

    Attributes:
        scenario: name of a preset, or a YAML file.
        changes: ``path=value`` changes on top of it.
        database: ``sqlite:///<file>``, ``parquet:///<folder>`` or ``postgresql://...``.
        ledger: folder or any URL that universal-pathlib opens; ledgers lie below it.
        today: the day that counts as today; None for the machine's date (UTC).
        workers: processes that write chunks side by side; None for as many as cores and memory allow.
        staged: the day that a staging date of ``yesterday`` means; None for the day that is kept beside the ledgers, or
            else yesterday.
        release: release of AquaMind whose tables are written; None for the one that the database has, and for the
            default one where it is empty.
        origins: where each setting came from, by its name; a setting that is not in it has its default.
    """

    scenario: str = "demo"
    changes: tuple[str, ...] = ()
    database: str = "sqlite:///data/aquamind.db"
    ledger: str = "data/ledger"
    today: date | None = None
    workers: int | None = None
    staged: date | None = None
    release: Release | None = None
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def load(
        cls,
        *,
        scenario: str | None = None,
        changes: Sequence[str] = (),
        database: str | None = None,
        ledger: str | None = None,
        workers: int | None = None,
        release: Release | None = None,
        environment: Mapping[str, str] | None = None,
        noted: bool = True,
    ) -> "Settings":
        """Settings from arguments, else environment variables, else the note in DAGSTER_HOME, else the defaults.

        The note is for commands. With ``noted`` false it is left alone: what Dagster loads is decided in the open.

        Scenario and changes belong together: a source that gives one of them decides both.

        Raises:
            SettingsError: AQUAMIND_TODAY is no date, AQUAMIND_RELEASE is no release, or the note in DAGSTER_HOME is
                damaged.
        """
        environment = os.environ if environment is None else environment
        settings, home = cls(), home_of(environment)
        for origin, source in (
            (f"note in {home}", _noted(home) if noted else {}),
            ("environment", _from(environment)),
            ("option", _from_arguments(scenario, changes, database, ledger, workers, release)),
        ):
            origins = {**settings.origins, **dict.fromkeys(source, origin)}
            if {"scenario", "changes"} & source.keys():
                for name in {"scenario", "changes"} - source.keys():
                    origins.pop(name, None)
                source = {"scenario": cls.scenario, "changes": ()} | source
            settings = replace(settings, **source, origins=origins)
        return settings

    def describe(self, names: Collection[str] = tuple(VARIABLES)) -> str:
        """The settings of these names, each with where it came from, in one line; overrides and today where given."""
        overrides = " ".join(self.changes)
        parts = {
            "scenario": f"scenario {self.scenario}",
            "changes": f"--set {overrides}",
            "database": f"database {self.database_name}",
            "ledger": f"ledgers {masked(self.ledger)}",
            "today": f"today {self.today}",
            "workers": f"{self.workers} workers",
            "release": f"tables of AquaMind {self.release}",
        }
        optional = {"changes": self.changes, "today": self.today, "workers": self.workers, "release": self.release}
        left_out = {name for name, value in optional.items() if not value}
        return ", ".join(
            f"{text} ({self.origins.get(name, 'default')})"
            for name, text in parts.items()
            if name in names and name not in left_out
        )

    def load_scenario(self) -> Scenario:
        """The scenario itself, validated.

        Raises:
            ScenarioError: it cannot be used.
        """
        return load_scenario(self.scenario, self.changes, self._staging_day)

    def settled(self, *, keep: bool = True) -> "Settings":
        """These settings with the day that a staging date of ``yesterday`` means.

        The day is kept from the first call on, for this scenario in this database. With ``keep`` false a kept day is
        used, and none is written.

        Raises:
            ScenarioError: no such preset or file, not YAML, or an unknown path.
        """
        key = staging_key(self.scenario, self.changes)
        if key is None:
            return self
        day = self._staging_day(key)
        return replace(self, staged=staging_day.keep(self.ledger, self._staged_farm(key), day) if keep else day)

    def forget_staging_day(self) -> None:
        """Forget the kept day: the next :meth:`settled` of the same scenario decides it anew."""
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
        return staging_day.StagedFarm(key, self.database_url.identity)

    def current_day(self) -> date:
        """Today in UTC, or the day that the settings give for it."""
        return self.today or datetime.now(UTC).date()

    @property
    def database_url(self) -> DatabaseUrl:
        """The database's URL, parsed.

        Raises:
            DatabaseUrlError: it is no URL of a database that can be used.
        """
        return DatabaseUrl.parse(self.database)

    @property
    def database_name(self) -> str:
        """The database's URL with its password hidden, for messages; whatever it is, valid or not."""
        return masked(self.database)

    def as_environment(self) -> dict[str, str]:
        """The environment variables that give another process the same settings, with absolute places."""
        values = {
            "scenario": _absolute_scenario(self.scenario),
            "changes": "\n".join(self.changes),
            "database": self.database_url.absolute,
            "ledger": _absolute(self.ledger),
        }
        if self.today is not None:
            values["today"] = self.today.isoformat()
        if self.workers is not None:
            values["workers"] = str(self.workers)
        if self.release is not None:
            values["release"] = self.release
        return {VARIABLES[name]: value for name, value in values.items()}

    def note(self, home: Path, *, with_password: bool = False) -> None:
        """Write these settings into DAGSTER_HOME for the processes that come after; the database's password only if
        asked to.

        Raises:
            FileUnusable: the note cannot be written.
        """
        content: dict[str, Any] = {
            "scenario": _absolute_scenario(self.scenario),
            "changes": list(self.changes),
            "database": self.database_url.absolute if with_password else self.database_url.identity,
            "ledger": _absolute(self.ledger),
        }
        text = (
            "# Written by `aquamind run`; arguments and AQUAMIND_* variables take precedence over it.\n"
            + yaml.safe_dump(content, sort_keys=False)
        )
        with usable("the note of the settings", home / NOTE):
            replace_file(home / NOTE, text, mode=PRIVATE)


def home_of(environment: Mapping[str, str] | None = None) -> Path:
    """DAGSTER_HOME, or ``.dagster_home`` in the working directory; absolute."""
    environment = os.environ if environment is None else environment
    return Path(environment.get("DAGSTER_HOME") or DEFAULT_HOME).expanduser().absolute()


def _absolute(place: str) -> str:
    return place if "://" in place else str(Path(place).absolute())


def _absolute_scenario(scenario: str) -> str:
    return str(Path(scenario).absolute()) if Path(scenario).is_file() else scenario


def _from_arguments(
    scenario: str | None,
    changes: Sequence[str],
    database: str | None,
    ledger: str | None,
    workers: int | None,
    release: Release | None,
) -> dict[str, Any]:
    given = {
        "scenario": scenario,
        "changes": tuple(changes) or None,
        "database": database,
        "ledger": ledger,
        "workers": workers,
        "release": release,
    }
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
    if "workers" in given:
        text = given["workers"]
        if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= MOST_WORKERS:
            raise SettingsError(f"{VARIABLES['workers']} = {text!r}: give a number from 1 to {MOST_WORKERS}")
        given["workers"] = int(text)
    if "release" in given:
        try:
            given["release"] = release_named(given["release"])
        except UnknownRelease as error:
            raise SettingsError(f"{VARIABLES['release']}: {error}") from None
    return given


def _noted(home: Path) -> dict[str, Any]:
    path = home / NOTE
    if not path.exists():
        return {}
    try:
        with usable("the note of the settings", path):
            content = read_yaml(path.read_text("utf-8"))
    except (NotYaml, UnicodeDecodeError) as error:
        raise _damaged(path, f"it is not YAML ({' '.join(str(error).split())})") from None
    if not isinstance(content, dict) or set(content) - NOTED.keys():
        raise _damaged(path, f"it holds other things than {', '.join(NOTED)}")
    for name, value in content.items():
        if not isinstance(value, NOTED[name]) or (name == "changes" and not all(isinstance(one, str) for one in value)):
            raise _damaged(path, f"{name} = {value!r} is not text")
    return content | {"changes": tuple(content.get("changes", ()))}


def _damaged(path: Path, reason: str) -> SettingsError:
    return SettingsError(f"{path} is damaged: {reason}; delete it to go back to the defaults")
