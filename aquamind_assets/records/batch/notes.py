"""Numbers that AquaMind has no column for, as sentences in notes: how they are written, and how they are found again.

Belongs here: sentences that laws and reports read, beside the patterns that read them. Does not belong here: other
notes.
"""

EGGS = r"^([\d,]+) (?:external eggs|own eggs|fish brought into the sea)"
"""Pattern of a batch's note: the fish that it began with."""

STOCKED = r"^Stocked with ([\d,]+) fish of ([\d.e+]+) g"
"""Pattern of the note of a batch's first stays: fish, and their mean weight in g."""


def batch_note(fish: int, supplier: str, *, external: bool, at_sea: bool) -> str:
    """How a batch began: with eggs, from outside or the farm's own, or with fish that were brought into the sea."""
    what = "fish brought into the sea" if at_sea else f"{'external' if external else 'own'} eggs"
    return f"{fish:,} {what}, {supplier}."


def stocked_note(fish: int, weight_g: float) -> str:
    """What a container was first stocked with."""
    return f"Stocked with {fish:,} fish of {weight_g:.4g} g."
