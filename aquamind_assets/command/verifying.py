"""``aquamind verify``: is what lies in the database what was written?"""

from dataclasses import dataclass, field

from rich.console import Console

from aquamind_assets.assets.platform import Platform
from aquamind_assets.settings import Settings
from aquamind_assets.warehouse.checkpoints import TableYear, hex_digest


@dataclass(frozen=True)
class Verified:
    """Tables and years whose rows are not what was written, and foreign keys that point nowhere."""

    compared: int
    rows: int
    differences: list[str] = field(default_factory=list)
    broken: dict[str, int] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.differences and not self.broken

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {"sound": self.sound, "compared": self.compared, "rows": self.rows, "differences": self.differences, "broken_references": self.broken}

    def show(self, console: Console) -> None:
        """Print it."""
        for line in self.differences:
            console.print(f"[red]differs[/] {line}", highlight=False)
        for place, count in self.broken.items():
            console.print(f"[red]broken[/] {place}: {count:,} rows point nowhere", highlight=False)
        verdict = "everything is as it was written" if self.sound else "not as it was written: materialise the years named above again"
        console.print(f"{self.rows:,} rows in {self.compared} tables and years compared: {verdict}.", highlight=False)


def verify_database(settings: Settings) -> Verified:
    """Digest every row again and compare with the manifest; follow every foreign key."""
    with Platform(settings).open() as warehouse:
        written = {(entry.table, entry.year): entry for entry in warehouse.manifest()}
        found = {(entry.table, entry.year): entry for entry in warehouse.recount()}
        broken = warehouse.broken_references()
    differences = []
    for place in sorted(written.keys() | found.keys()):
        before, now = written.get(place), found.get(place)
        if before != now:
            differences.append(f"{place[0]} {place[1]}: written {_said(before)}, found {_said(now)}")
    return Verified(len(written.keys() | found.keys()), sum(entry.rows for entry in found.values()), differences, broken)


def _said(entry: TableYear | None) -> str:
    return "nothing" if entry is None else f"{entry.rows:,} rows with digest {hex_digest(entry.digest)}"
