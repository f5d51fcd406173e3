"""``aquamind live``: the running year up to the last full chunk of readings, or a past stretch as if it were now."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.exits import FAILED, INTERRUPTED
from aquamind_assets.cli.logfile import logged
from aquamind_assets.cli.options import (
    Changes,
    Database,
    LedgerPlace,
    LogDir,
    Preset,
    Quiet,
    ReleaseName,
    ScenarioFile,
    date_of,
    print_origins,
    settings_of,
)
from aquamind_assets.cli.output import console_for
from aquamind_assets.cli.years import UsageError
from aquamind_assets.settings import Settings

if TYPE_CHECKING:
    from aquamind_assets.cli.execution import Execution
    from aquamind_assets.mqtt.broker import Broker
    from aquamind_assets.pipeline.live import Moment, Step
    from aquamind_assets.pipeline.platform import Platform
    from aquamind_assets.pipeline.published import PublishedReadings

app = typer.Typer()


@app.command(
    epilog="`aquamind live` · `aquamind live --speed 1440 --from 2016-03-01 --until 2016-03-11 --preset tiny` (a day in"
    " a minute)"
)
def live(
    speed: Annotated[
        float | None,
        typer.Option(
            "--speed",
            metavar="X",
            min=1,
            help="Replay at this pace, in times of the clock: 1440 is a day in a minute. Without it nothing waits.",
            show_default=False,
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="First day of the replay, as in 2016-03-01.", show_default=False),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="MOMENT",
            help="Stop at this moment, UTC, as in 2016-03-11 (its midnight) or 2016-03-11T09:00; now by default.",
            show_default=False,
        ),
    ] = None,
    mqtt: Annotated[
        str | None,
        typer.Option(
            "--mqtt",
            metavar="URL",
            envvar="AQUAMIND_MQTT",
            help="Publish the same readings, once they are committed, to this broker:"
            " mqtt://USER:PASSWORD@HOST:PORT/PREFIX, or mqtts:// for TLS.",
            show_default=False,
        ),
    ] = None,
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    database: Database = None,
    ledger: LedgerPlace = None,
    release: ReleaseName = None,
    log_dir: LogDir = None,
    quiet: Quiet = False,
) -> None:
    """Write the running year up to the last full chunk of readings: days that are over as `aquamind run` writes them,
    and the readings of today. With `--speed`, replay a past stretch as if it were now.

    The same command resumes after Ctrl-C or a crash."""
    console = console_for(quiet, False)
    with logged("live", log_dir, console):
        settings = settings_of(preset, scenario, changes, database, ledger, release=release)
        raise typer.Exit(go_live(settings, speed, start, until, console, mqtt))


def go_live(
    settings: Settings,
    speed: float | None,
    start: str | None,
    until: str | None,
    console: Console,
    mqtt: str | None = None,
) -> int:
    """Bring the database up to a moment, and the broker of the URL ``mqtt`` with it; the exit code.

    Raises:
        UsageError: a moment lies outside the scenario or in the future, or before what is written.
        UserError: the database, the ledgers, DAGSTER_HOME or the broker cannot be used.
        BrokerUnavailable: the broker is away.
    """
    from aquamind_assets.cli.execution import requests_interrupt
    from aquamind_assets.cli.run_summary import print_failure
    from aquamind_assets.errors import Interrupted
    from aquamind_assets.pipeline.live import LiveFarm, Moment, replay
    from aquamind_assets.pipeline.platform import Platform
    from aquamind_assets.timeline import day_number, to_date

    broker = _broker(mqtt)
    settings = settings.settled()
    loaded = settings.load_scenario()
    per_day = loaded.water.readings_per_day
    last = _moment(until, settings, per_day)
    first_day = day_number(date_of(start, "--from")) if start else None
    if not loaded.first_year <= to_date(last.day).year <= loaded.last_year + (last.slots == 0):
        raise UsageError(
            f"--until {until or 'now'}: the scenario has the years {loaded.first_year} to {loaded.last_year}"
        )
    console.print(
        f"Scenario [bold]{escape(loaded.name)}[/], live until {_spelled(last, per_day)}, into"
        f" {escape(settings.database_name)}",
        highlight=False,
    )
    print_origins(console, settings)
    platform = Platform(replace(settings, today=to_date(last.day)))
    begin = _begin(platform, first_day, last, speed)
    published = _published(platform, broker, console)
    with published or nullcontext():
        if published is not None:
            published.connect()
        before = _write_before(platform, begin, console)
        if before is not None and before.interrupted:
            return INTERRUPTED
        if before is not None and before.failed:
            print_failure(before)
            return FAILED

        def on_step(step: "Step") -> None:
            _show(step, per_day, console)
            if published is not None:
                published.publish_until(step.moment)

        try:
            with requests_interrupt(platform.progress):
                if published is not None:
                    published.begin(Moment(begin, 0))
                replay(LiveFarm(platform), Moment(begin, 0), last, speed, on_step)
        except Interrupted as error:
            console.print(str(error), highlight=False)
            return INTERRUPTED
    console.print(f"Live until {_spelled(last, per_day)}.", highlight=False)
    return 0


def _begin(platform: "Platform", first_day: int | None, last: "Moment", speed: float | None) -> int:
    """The first day that is not written yet, or not to be replayed, a day number.

    Raises:
        UsageError: ``--from`` lies outside the scenario, or after ``--until``.
    """
    from aquamind_assets.timeline import to_date

    earliest = _earliest(platform)
    there = _reached(platform)
    wanted = first_day if first_day is not None else last.day if speed is None or there is None else there + 1
    if not earliest <= wanted <= last.day:
        raise UsageError(f"--from {to_date(wanted)}: allowed are {to_date(earliest)} to {to_date(last.day)}")
    if there is not None and there > last.day - 1:
        raise UsageError(
            f"the database has days up to {to_date(there)}: --until must be later, or `aquamind clear` comes first"
        )
    return max(wanted, earliest if there is None else there + 1)


def _broker(mqtt: str | None) -> "Broker | None":
    """The broker of a URL, not connected yet.

    Raises:
        BrokerUrlError: it is no URL of a broker.
        PahoMissing: the extra ``mqtt`` is not installed.
    """
    if mqtt is None:
        return None
    from aquamind_assets.mqtt.broker import Broker
    from aquamind_assets.mqtt.url import BrokerUrl

    return Broker(BrokerUrl.parse(mqtt))


def _published(platform: "Platform", broker: "Broker | None", console: Console) -> "PublishedReadings | None":
    if broker is None:
        return None
    from aquamind_assets.pipeline.published import PublishedReadings

    console.print(f"Readings are published to {escape(str(broker.url))}", highlight=False)
    return PublishedReadings(
        platform, broker, lambda reason: console.print(reason, markup=False, highlight=False, soft_wrap=True)
    )


def _earliest(platform: "Platform") -> int:
    from aquamind_assets.timeline import day_number

    return day_number(date(platform.scenario.first_year, 1, 1))


def _write_before(platform: "Platform", begin: int, console: Console) -> "Execution | None":
    """Write all days before ``begin`` as any run writes them, seen in the user interface; None if there are none."""
    from aquamind_assets.cli.execution import execute_years
    from aquamind_assets.pipeline.platform import Platform
    from aquamind_assets.timeline import DayRange, to_date

    earliest = _earliest(platform)
    if begin == earliest:
        return None
    # The days are given, for the ledgers of another database may reach further.
    before = Platform(replace(platform.settings, today=to_date(begin)), days=DayRange(earliest, begin))
    years = range(platform.scenario.first_year, to_date(begin - 1).year + 1)
    return execute_years(before, years, console, with_bar=not console.quiet, noted=False)


def _reached(platform: "Platform") -> int | None:
    """The last day that the database has, None where there is nothing."""
    from aquamind_assets.pipeline.live import reached
    from aquamind_assets.warehouse.errors import NothingMaterialized

    try:
        with platform.read() as warehouse:
            return reached(warehouse, platform)
    except NothingMaterialized:
        return None


def _moment(until: str | None, settings: Settings, per_day: int) -> "Moment":
    """The moment of ``--until``, cut to a full chunk of readings.

    Raises:
        UsageError: it is no moment, or in the future.
    """
    from aquamind_assets.pipeline.live import Moment

    now = datetime.now(UTC).replace(tzinfo=None)
    if settings.today is not None:
        now = datetime.combine(settings.today, datetime.min.time())
    try:
        moment = now if until is None else datetime.fromisoformat(until)
    except ValueError:
        raise UsageError(f"--until {until}: write a moment as in 2016-03-11 or 2016-03-11T09:00") from None
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    if moment > now:
        raise UsageError(f"--until {until}: it is {now:%Y-%m-%d %H:%M} UTC")
    return Moment.at((moment - datetime(1970, 1, 1)) // timedelta(microseconds=1), per_day)


def _spelled(moment: "Moment", per_day: int) -> str:
    instant = datetime(1970, 1, 1) + timedelta(microseconds=moment.instant(per_day))
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _show(step: "Step", per_day: int, console: Console) -> None:
    what = "day closed" if step.closed_days else f"{step.new_readings:,} readings"
    console.print(f"{_spelled(step.moment, per_day)}  {what}", highlight=False)
