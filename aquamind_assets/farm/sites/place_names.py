"""Invented names of places: they sound like their country, and are put together at random.

Belongs here: words and the way they are put together. Does not belong here: anything that decides how many places there
are.
"""

from collections.abc import Iterator
from itertools import count

ELSEWHERE = ""
"""Stands for every geography without words of its own."""

_FIRST = {
    "FO": (
        "Brima",
        "Ternu",
        "Hvann",
        "Lomba",
        "Grindar",
        "Sjóvar",
        "Tang",
        "Mjørka",
        "Kletta",
        "Vindar",
        "Skerja",
        "Aldu",
        "Hellis",
        "Rossa",
        "Krákar",
        "Dimmu",
    ),
    "SC": (
        "Ard",
        "Corran",
        "Fearn",
        "Glas",
        "Dunvar",
        "Strathel",
        "Kilmar",
        "Craigan",
        "Balnor",
        "Torran",
        "Invermel",
        "Achna",
        "Lianag",
        "Sgeir",
    ),
    "NO": (
        "Kval",
        "Sild",
        "Havre",
        "Brei",
        "Storm",
        "Lang",
        "Rauma",
        "Selje",
        "Orka",
        "Hjelm",
        "Tare",
        "Gråstein",
        "Skarv",
        "Terne",
    ),
    ELSEWHERE: (
        "Kelp",
        "Heron",
        "Slate",
        "Otter",
        "Cedar",
        "Gannet",
        "Amber",
        "Raven",
        "Pebble",
        "Tern",
        "Willow",
        "Copper",
        "Fern",
        "Lantern",
    ),
}
_LAST: dict[str, tuple[str, ...]] = {
    "FO": ("vík", "fjørður", "nes", "sund", "botnur", "vágur", "hamar", "oyri", "leiti", "tangi"),
    "SC": ("aig", "nish", "dale", "more", "vore", "bost", "ish", "can", "linne", "ven"),
    "NO": ("vika", "fjorden", "neset", "sundet", "holmen", "skjeret", "bukta", "øya", "flua", "stranda"),
    ELSEWHERE: (" Bay", " Sound", " Point", " Inlet", " Harbour", " Cove", " Reach", " Island", " Head", " Narrows"),
}
_AREA_FORM = {"FO": "{}", "SC": "Loch {}", "NO": "{}", ELSEWHERE: "{}"}
_STATION_FORM = {"FO": "Smoltstøðin {}", "SC": "{} Hatchery", "NO": "{} Smolt", ELSEWHERE: "{} Smolt Station"}


def area_names(code: str) -> Iterator[str]:
    """Names of sea areas of the geography ``code``, without end, all different."""
    code = _with_words(code)
    return map(_AREA_FORM[code].format, _places(code, step=0))


def station_names(code: str) -> Iterator[str]:
    """Names of freshwater stations of the geography ``code``, without end, all different."""
    code = _with_words(code)
    return map(_STATION_FORM[code].format, _places(code, step=7))


def _with_words(code: str) -> str:
    return code if code in _FIRST else ELSEWHERE


def _places(code: str, step: int) -> Iterator[str]:
    """Every pair of first and last part once, then again with a number; neighbours in the list share neither part."""
    first, last = _FIRST[code], _LAST[code]
    for lap in count(1):
        for turn in range(len(last)):
            for position, beginning in enumerate(first):
                yield beginning + last[(turn + 3 * position + step) % len(last)] + ("" if lap == 1 else f" {lap}")
