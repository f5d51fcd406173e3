"""Markdown as the documents of ``docs/`` use it: fenced blocks to be run, and parts that are generated.

A part is generated between two comments, ``<!-- made: NAME -->`` and ``<!-- end -->``; everything else belongs to
whoever writes the words. Does not belong here: what the parts hold.
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
        language: what is written behind the fence.
        text: its lines, as written.
        line: number of its first line in the file.
        not_run: why it cannot be run, from a comment ``<!-- not run: why -->`` before it; empty if it is to be run.
        start: position of the opening fence in the text.
        end: position behind the closing fence.
    """

    language: str
    text: str
    line: int
    not_run: str
    start: int
    end: int


def blocks(markdown: str) -> list[Block]:
    """The fenced blocks of a document, in order."""
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
    """The document with its generated parts put in.

    Raises:
        ValueError: it asks for a part that is not made, or has no place for one that is.
    """
    names = [match["name"] for match in _PART.finditer(markdown)]
    if sorted(names) != sorted(parts):
        raise ValueError(
            f"the document has places for the parts {', '.join(sorted(names))}; made are {', '.join(sorted(parts))}"
        )
    return _PART.sub(lambda match: match["start"] + parts[match["name"]].rstrip("\n") + "\n" + match["end"], markdown)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table; columns that hold nothing but numbers are set flush right."""
    rows = [list(row) for row in rows]
    numeric = [
        bool(rows) and all(isinstance(row[place], (int, float)) for row in rows) for place in range(len(columns))
    ]
    lines = [_line(columns), _line("---:" if flush else "---" for flush in numeric)]
    return "\n".join([*lines, *(_line(map(shown, row)) for row in rows)])


def shown(value: Any) -> str:
    """A value as a reader wants it: numbers with thousands set apart, nothing for NULL."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value).replace("|", "\\|").replace("\n", " ")
    return f"{value:,}" if isinstance(value, int) or value != int(value) else f"{int(value):,}"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
