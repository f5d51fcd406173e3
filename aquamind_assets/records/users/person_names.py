"""Invented names of people, in the two languages of the farm, and user names made of them.

Belongs here: lists of common given and family names; full names are random combinations. Does not belong here: the
roles of people (``people``).
"""

import unicodedata
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class NameList:
    """Given and family names of one language."""

    given: tuple[str, ...]
    family: tuple[str, ...]

    def draw(self, count: int, random: np.random.Generator) -> list[tuple[str, str]]:
        """Return ``count`` different (given, family) pairs.

        Raises:
            ValueError: the lists have fewer pairs.
        """
        pairs = len(self.given) * len(self.family)
        if count > pairs:
            raise ValueError(f"{count} people need names, the list has {pairs}")
        chosen = random.permutation(pairs)[:count]
        return [(self.given[pair % len(self.given)], self.family[pair // len(self.given)]) for pair in chosen]


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
