"""The platform as a resource: what the Resources page shows, and where its fields come from.

Belongs here: the fields and their descriptions. Does not belong here: what the platform does (``pipeline.platform``),
signing the run that it is made for (``signs_of_life``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import dagster as dg

# A private name: the public ConfigurableResource gives steps itself, and every step would ask it for what it makes
# (dagster#13520, dagster#17613).
from dagster._config.pythonic_config import ConfigurableResourceFactory
from pydantic import Field

from aquamind_assets.assets.signs_of_life import signed
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.settings import VARIABLES, Settings, SettingsError
from aquamind_assets.tables.releases import release_named


class PlatformResource(ConfigurableResourceFactory[Platform]):
    """The scenario, database and ledgers that every asset uses.

    A field that comes from the environment names its variable, so that a password is not shown. The asset metadata
    shows its value, without the password.
    """

    scenario: str = Field(default=Settings.scenario, description="A preset, or a YAML file. AQUAMIND_SCENARIO.")
    changes: list[str] = Field(
        default=[], description="Overrides of single values, as in `seed=7`. AQUAMIND_SET, separated by `;`."
    )
    database: str = Field(
        default=Settings.database,
        description="Where rows are written: sqlite:///FILE, parquet:///FOLDER or postgresql://... AQUAMIND_DATABASE.",
    )
    ledger: str = Field(
        default=Settings.ledger, description="Folder or URL of the simulated years, the ledgers. AQUAMIND_LEDGER."
    )
    today: str = Field(
        default="", description="The date that counts as today, as in 2026-03-01; empty for today. AQUAMIND_TODAY."
    )
    workers: int = Field(
        default=0,
        description="Processes that write chunks side by side; 0 for as many as cores and memory allow."
        " AQUAMIND_WORKERS.",
    )
    release: str = Field(
        default="",
        description="The release of AquaMind whose tables are written, as in 2026-03; empty for the one that the"
        " database has. AQUAMIND_RELEASE.",
    )

    @classmethod
    def of(cls, settings: Settings) -> "PlatformResource":
        """The resource of these settings; what came from the environment stays there."""
        values: dict[str, Any] = {
            "scenario": settings.scenario,
            "database": settings.database,
            "ledger": settings.ledger,
            "today": settings.today.isoformat() if settings.today else "",
            "release": settings.release or "",
        }
        fields = {
            name: dg.EnvVar(VARIABLES[name]) if settings.origins.get(name) == "environment" else value
            for name, value in values.items()
        }
        return cls(**fields, changes=list(settings.changes), workers=settings.workers or 0)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Platform]:
        """What the steps of a run get; meanwhile this process gives signs of life for the run."""
        with signed(context):
            yield self.create_resource(context)

    def create_resource(self, context: dg.InitResourceContext) -> Platform:
        """What a step gets.

        Raises:
            SettingsError: ``today`` is no date.
            UnknownRelease: there is no such release.
        """
        try:
            today = date.fromisoformat(self.today) if self.today else None
        except ValueError:
            raise SettingsError(f"today = {self.today!r}: give a date such as 2025-03-31") from None
        settings = Settings(
            scenario=self.scenario,
            changes=tuple(self.changes),
            database=self.database,
            ledger=self.ledger,
            today=today,
            workers=self.workers or None,
            release=release_named(self.release) if self.release else None,
        )
        return Platform(settings.settled())


def platform_resource(platform: Platform) -> dg.ResourceDefinition:
    """This platform, whose progress a command shows, as the resource; else as :class:`PlatformResource`."""

    @dg.resource(description=PlatformResource.__doc__)
    def shown(context: dg.InitResourceContext) -> Iterator[Platform]:
        with signed(context):
            yield platform

    return shown
