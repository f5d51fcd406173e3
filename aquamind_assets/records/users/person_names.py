"""Invented names of people, in the languages of the farm, and user names made of them.

Belongs here: lists of common given and family names; full names are random combinations. Does not belong here: the
roles of people (``people``).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, permutations

from aquamind_assets.streams import ByName, Key


@dataclass(frozen=True)
class NameList:
    """Given and family names of one language."""

    given: tuple[str, ...]
    family: tuple[str, ...]

    def draw(self, people: Sequence[tuple[Key, ...]], seed: int) -> list[tuple[str, str]]:
        """A (given, family) pair for each of ``people``, given by the keys of their draws; no two share one.

        Every name of a list is drawn for every person, and the highest draw counts, so a further name changes only the
        people who get it. A person who would share both names with an earlier one takes the family name with the next
        draw, and so on; when all pairs are taken, people have two given names, then three.
        """
        taken: set[tuple[str, str]] = set()
        chosen = []
        for keys in people:
            given, family = (ByName(seed, f"person.{part}", *keys) for part in ("given", "family"))
            first_names = sorted(self.given, key=given.uniform, reverse=True)
            last_names = sorted(self.family, key=family.uniform, reverse=True)
            ranked = (
                (" ".join(firsts), last)
                for number in count(1)
                for firsts in permutations(first_names, number)
                for last in last_names
            )
            chosen.append(next(pair for pair in ranked if pair not in taken))
            taken.add(chosen[-1])
        return chosen


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FAROESE = NameList(
    given=_words(
        "Jógvan Hanus Rúni Bárður Eyðun Heini Høgni Símun Páll Dánjal Tróndur Óli Magnus Niels Rói Sjúrður Bartal Jens"
        " Marjun Barbara Rannvá Sólrun Guðrun Anna Bjørg Elin Turið Jóna Malan Katrin Hervør Ragna Sunniva Beinta"
        " Armgarð Lív"
    ),
    family=_words(
        "Joensen Hansen Jacobsen Olsen Poulsen Petersen Johannesen Thomsen Nielsen Rasmussen Djurhuus Dam Højgaard"
        " Patursson Mortensen Heinesen Samuelsen Davidsen Niclasen Simonsen Danielsen Ellingsgaard Vang Dahl Mohr"
        " Lamhauge Egholm Kjærbo Isaksen Zachariasen"
    ),
)

SCOTTISH = NameList(
    given=_words(
        "Angus Calum Ewan Hamish Iain Fraser Duncan Rory Craig Alasdair Gregor Lewis Struan Finlay Murdo Stuart Morag"
        " Eilidh Kirsty Mairi Fiona Isla Catriona Ailsa Shona Heather Lorna Rhona Aileen Moira Jenna Skye"
    ),
    family=_words(
        "MacLeod MacDonald Campbell Morrison Stewart MacKenzie Sinclair Gunn Murray Ross MacLean Fraser Munro Matheson"
        " Nicolson MacAulay Sutherland Grant Cameron MacInnes Robertson Drummond Flett Isbister Leask Jamieson Halcrow"
        " Rendall"
    ),
)

NORWEGIAN = NameList(
    given=_words(
        "Lars Ole Knut Bjørn Geir Terje Svein Arne Kjell Trond Morten Øyvind Håkon Sindre Eirik Vegard Kari Ingrid Anne"
        " Liv Solveig Astrid Marit Berit Hilde Silje Ida Nina Randi Gro Tone Maren"
    ),
    family=_words(
        "Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Berg Haugen Hagen Eriksen"
        " Bakke Strand Solberg Moen Lie Aasen Dahl Lund Sæther Vik Myhre Tangen Nygård Brekke"
    ),
)

_LETTERS = str.maketrans({"ð": "d", "ø": "o", "æ": "ae", "Ð": "D", "Ø": "O", "Æ": "Ae"})


def ascii_name(name: str) -> str:
    """Return a name in lower-case ASCII letters: ``Jógvan`` becomes ``jogvan``."""
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS)).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalpha())


def user_names(names: list[tuple[str, str]]) -> list[str]:
    """Return a user name for each (given, family): ``jogvan.joensen``. Repeated names get numbers from the second one
    on."""
    seen: dict[str, int] = {}
    result = []
    for given, family in names:
        plain = f"{ascii_name(given)}.{ascii_name(family)}"
        seen[plain] = seen.get(plain, 0) + 1
        result.append(plain if seen[plain] == 1 else f"{plain}{seen[plain]}")
    return result
