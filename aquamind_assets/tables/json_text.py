"""One text for every JSON value: the one that PostgreSQL prints for ``jsonb``.

The digest of a row must be the same before it is written and after it is read back, and ``jsonb`` does not keep the
text it was given: it drops blanks, orders the keys by length and then by bytes, and writes numbers without exponent. So
the text is brought into that form before it is stored anywhere.

Belongs here: that form. Does not belong here: what the JSON holds (``records``).
"""

import json
from decimal import Decimal
from typing import Any


def canonical(text: str) -> str:
    """The JSON ``text`` as PostgreSQL prints it after storing it as ``jsonb``.

    Raises:
        ValueError: it is not JSON, or holds NaN or an infinity, which JSON does not have.
    """
    return _write(json.loads(text, parse_float=Decimal, parse_constant=_refuse))


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _write(value: Any) -> str:
    match value:
        case dict():
            keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
            return "{" + ", ".join(f"{_write(key)}: {_write(value[key])}" for key in keys) + "}"
        case list():
            return "[" + ", ".join(map(_write, value)) + "]"
        case Decimal():
            plain = format(value, "f")
            return plain.removeprefix("-") if not value else plain
        case _:
            return json.dumps(value, ensure_ascii=False)
