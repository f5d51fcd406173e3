"""The Markdown of ``docs/``: fenced blocks that are run, and parts that are generated.

A generated part is between two comments, ``<!-- made: NAME -->`` and ``<!-- end -->``; all other text is written by
hand.

Belongs here: finding blocks and replacing parts. Does not belong here: the content of the parts.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<language>\S*)[^\n]*\n(?P<body>.*?)^(?P=fence)[ \t]*$", re.DOTALL | re.MULTILINE
)
_NOT_RUN = re.compile(r"<!-- not run: (?P<reason>[^\n]+?) -->\s*\Z")
_PART = re.compile(r"(?P<start><!-- made: (?P<name>[^\n]+?) -->\n).*?(?P<end><!-- end -->)", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        language: the text after the opening fence.
        text: its lines, as written.
        line: number of its first line in the file.
        not_run: why it cannot be run, from a comment ``<!-- not run: why -->`` before it; empty if it is run.
        start: position of the opening fence in the text.
        end: position after the closing fence.
    """

    language: str
    text: str
    line: int
    not_run: str
    start: int
    end: int


def blocks(markdown: str) -> list[Block]:
    """Return the fenced blocks of a document, in order."""
    found = []
    for match in _FENCE.finditer(markdown):
        marker = _NOT_RUN.search(markdown, 0, match.start())
        line = markdown.count("\n", 0, match.start()) + 2
        found.append(
            Block(
                match["language"], match["body"], line, marker["reason"] if marker else "", match.start(), match.end()
            )
        )
    return found


def with_parts(markdown: str, parts: Mapping[str, str]) -> str:
    """Return the document with its generated parts replaced.

    Raises:
        ValueError: the places in the document and the generated parts have different names.
    """
    names = [match["name"] for match in _PART.finditer(markdown)]
    if sorted(names) != sorted(parts):
        raise ValueError(
            f"the document has places for the parts {', '.join(sorted(names))}; generated: {', '.join(sorted(parts))}"
        )
    return _PART.sub(lambda match: match["start"] + parts[match["name"]].rstrip("\n") + "\n" + match["end"], markdown)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a Markdown table; columns with only numbers are right-aligned."""
    rows = [list(row) for row in rows]
    numeric = [
        bool(rows) and all(isinstance(row[place], (int, float)) for row in rows) for place in range(len(columns))
    ]
    lines = [_line(columns), _line("---:" if flush else "---" for flush in numeric)]
    return "\n".join([*lines, *(_line(map(shown, row)) for row in rows)])


def shown(value: Any) -> str:
    """Return a value as text: numbers with thousands separators, an empty text for NULL."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value).replace("|", "\\|").replace("\n", " ")
    return f"{value:,}" if isinstance(value, int) or value != int(value) else f"{int(value):,}"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
