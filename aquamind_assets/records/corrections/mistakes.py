"""Wrong numbers: what people type instead of the right one.

Belongs here: the kinds of mistake, and the wrong number of each. Does not belong here: who makes one and when
(``chance``).

| mistake | what is entered |
|---|---|
| key | a digit from the key beside it on the numeric keypad |
| swapped | two digits beside each other in the wrong order |
| doubled | a digit twice |
| left_out | a digit too few |
| line | the number of the next line: of the next cage of the site, of the next fish of the sample |
| unit | kilograms instead of grams |

A number that is only a little wrong is never noticed and never corrected; there are none here.
"""

from enum import IntEnum
from itertools import pairwise

import numpy as np

from aquamind_assets.streams import choose


class Mistake(IntEnum):
    """Kinds of mistake."""

    KEY = 0
    SWAPPED = 1
    DOUBLED = 2
    LEFT_OUT = 3
    LINE = 4
    UNIT = 5


REASONS: tuple[str, ...] = (
    "Typing error",
    "Digits swapped",
    "Digit entered twice",
    "Digit missing",
    "Number of the line below",
    "Entered in kg",
)
"""What is given as the reason of the correction of each Mistake."""

WEIGHTS = np.array([35.0, 15.0, 12.0, 13.0, 15.0, 10.0])
"""How often each Mistake is made where it is possible (general knowledge)."""

NOTICED = 0.1
"""A number is noticed if it is wrong by at least this share of the right one (general knowledge)."""

KILO = 1000
"""Fish of so many grams are as often weighed in kilograms."""

LUCK = len(Mistake) + 1
"""Uniforms that decide a wrong number."""

_BESIDE = {
    "0": "12",
    "1": "024",
    "2": "0135",
    "3": "26",
    "4": "157",
    "5": "2468",
    "6": "359",
    "7": "48",
    "8": "579",
    "9": "68",
}
"""The keys above, below and beside each one of a numeric keypad."""


def wrong_number(right: int, luck: np.ndarray, *, line: int | None = None, decimals: int = 0) -> tuple[int, Mistake]:
    """Return what is typed instead of a number, and the mistake.

    Args:
        right: the right number, at least 1, in units of its last decimal.
        luck: uniforms in [0, 1), shape (LUCK,): one for each Mistake, and one for the digit.
        line: the number of the next line, None where there is none.
        decimals: decimals of the number; those with decimals are weights in g.
    """
    found = {kind: _noticed(right, typed, decimals) for kind, typed in _typed(_text(right, decimals)).items()}
    found[Mistake.LINE] = _noticed(right, [] if line is None else [_text(line, decimals)], decimals)
    kilograms = [f"{right / 10**decimals / KILO:.{decimals}f}"] if decimals and right >= KILO * 10**decimals else []
    found[Mistake.UNIT] = _noticed(right, kilograms, decimals)
    possible = np.array([bool(found[kind]) for kind in Mistake])
    mistake = Mistake(int(choose(luck[: len(Mistake)], np.where(possible, WEIGHTS, 0.0))))
    return found[mistake][int(luck[-1] * len(found[mistake]))], mistake


def _text(number: int, decimals: int) -> str:
    """Return a number as people type it, without zeros at the end of its decimals."""
    return f"{number / 10**decimals:.{decimals}f}".rstrip("0").rstrip(".") if decimals else str(number)


def _typed(text: str) -> dict[Mistake, list[str]]:
    """Return what slips make of a number's digits, from left to right."""
    digits = [place for place, one in enumerate(text) if one != "."]
    pairs = [(first, second) for first, second in pairwise(digits) if second == first + 1]
    return {
        Mistake.KEY: [text[:at] + key + text[at + 1 :] for at in digits for key in _BESIDE[text[at]]],
        Mistake.SWAPPED: [text[:at] + text[to] + text[at] + text[to + 1 :] for at, to in pairs],
        Mistake.DOUBLED: [text[:at] + text[at] + text[at:] for at in digits],
        Mistake.LEFT_OUT: [text[:at] + text[at + 1 :] for at in digits if len(digits) > 1],
    }


def _noticed(right: int, typed: list[str], decimals: int) -> list[int]:
    """Return the numbers typed, in units of the last decimal, that are wrong enough."""
    numbers = [round(float(text) * 10**decimals) for text in typed]
    return [number for number in numbers if number > 0 and abs(number - right) >= NOTICED * right]
