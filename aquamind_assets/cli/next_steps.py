"""``aquamind`` alone: what is there, and which command comes next."""

from contextlib import suppress

from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.formats import span
from aquamind_assets.cli.options import print_origins
from aquamind_assets.settings import Settings, home_of


def print_next_steps() -> None:
    """Print the settings, how far the data is, and the commands that come next; nothing is created."""
    console = Console()
    settings = Settings.load()
    console.print("[bold]aquamind[/] generates years of salmon farming in AquaMind's tables.", highlight=False)
    print_origins(console, settings, ("scenario", "changes", "database"))
    sentence, commands = next_steps(settings)
    console.print(f"\n{escape(sentence)}", highlight=False, soft_wrap=True)
    for command, purpose in [*commands, ("aquamind --help", "all commands")]:
        console.print(f"  [bold]{command:<24}[/] {escape(purpose)}", highlight=False, soft_wrap=True)


def next_steps(settings: Settings) -> tuple[str, list[tuple[str, str]]]:
    """What is there, in a sentence, and commands with what each of them does.

    Raises:
        UserError, TransientError: the database cannot be read.
    """
    url = settings.database_url
    if url.path is not None and not url.path.exists():
        return _nothing(settings)
    from aquamind_assets.pipeline.platform import Platform
    from aquamind_assets.pipeline.prerequisites import complete_years
    from aquamind_assets.warehouse.errors import NothingMaterialized

    platform = Platform(settings)
    written: set[int] = set()
    complete: set[int] = set()
    with suppress(NothingMaterialized), platform.read() as warehouse:
        written = {checkpoint.year for checkpoint in warehouse.checkpoints()}
        complete = complete_years(platform, warehouse, {*written, *platform.scenario.years})
    if not written:
        return _nothing(settings)
    missing = [year for year in platform.scenario.years if year not in complete]
    if missing:
        return (
            f"{settings.database_name} has {span(sorted(written))}; of the history {span(missing)} is not complete.",
            [
                ("aquamind run --resume", "complete it; nothing that is there is written again"),
                ("aquamind status", "how far each year is, and the last runs"),
                ("aquamind ui", "the asset graph and every run, in the browser"),
            ],
        )
    return (
        f"{settings.database_name} has {span(sorted(written))}, complete.",
        [
            ("aquamind report --open", "the whole history as a page"),
            ("aquamind ui", "the asset graph and every run, in the browser"),
            ("aquamind verify", "check every digest, reference and law"),
        ],
    )


def _nothing(settings: Settings) -> tuple[str, list[tuple[str, str]]]:
    return (
        f"Nothing is generated there yet. Dagster's runs will be kept in {home_of()}.",
        [
            ("aquamind run --dry-run", "the rows, size and time to expect; writes nothing"),
            ("aquamind run", f"generate the history of the scenario {settings.scenario}"),
            ("aquamind scenario show", "what is farmed"),
        ],
    )
