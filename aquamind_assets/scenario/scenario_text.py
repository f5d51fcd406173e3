"""YAML as scenarios are written in it: the core schema of YAML 1.2, and nothing that is silently misread.

``no``, ``NO`` and ``on`` are text, ``010`` is ten, ``1e5`` is a number, and a date is text such as ``2025-03-31``.
Refused are a key that is given twice, keys that are not text, and documents that are nested without end.

Belongs here: text to plain values. Does not belong here: what they mean.
"""

import re
from dataclasses import dataclass
from typing import Any

import yaml

DEEPEST = 40
"""Levels of nesting, far more than a scenario has."""

LARGEST = 500_000
"""Values of a document with all its aliases written out; the full scale's has some thousands."""


class YamlError(ValueError):
    """Text that cannot be read; the message gives the line, what stands there and what is allowed."""


@dataclass(frozen=True)
class Replace:
    """``!replace value``: stands in place of what was there, instead of being merged into it."""

    value: Any


@dataclass(frozen=True)
class Remove:
    """``!remove``: what was there is left out."""


class _CoreLoader(yaml.SafeLoader):
    """The core schema of YAML 1.2 (chapter 10.3), and merge keys, which people write."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise yaml.MarkedYAMLError(
                problem=f"nested more than {DEEPEST} levels deep", problem_mark=self.peek_event().start_mark
            )
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


_CoreLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("merge", r"<<", "<"),
):
    _CoreLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), [*_first, *([""] if _tag == "null" else [])]
    )


def _integer(loader: _CoreLoader, node: yaml.ScalarNode) -> int:
    text = node.value
    try:
        return int(text[2:], {"0o": 8, "0x": 16}[text[:2]]) if text[:2] in ("0o", "0x") else int(text)
    except ValueError:
        raise yaml.MarkedYAMLError(problem=f"a number of {len(text)} digits", problem_mark=node.start_mark) from None


def _number(loader: _CoreLoader, node: yaml.ScalarNode) -> float:
    return float(node.value.lower().replace(".inf", "inf").replace(".nan", "nan"))


def _mapping(loader: _CoreLoader, node: yaml.MappingNode) -> dict[str, Any]:
    lines: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if key.tag == "tag:yaml.org,2002:merge":
            continue
        if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
            shown = repr(key.value) if isinstance(key, yaml.ScalarNode) else "a list or mapping"
            raise yaml.MarkedYAMLError(
                problem=f"the key {shown} is not text; allowed: names, in quotes where they look like something else",
                problem_mark=key.start_mark,
            )
        if key.value in lines:
            raise yaml.MarkedYAMLError(
                problem=f"{key.value} is given twice, first on line {lines[key.value]}; allowed: once, with everything"
                " that belongs to it",
                problem_mark=key.start_mark,
            )
        lines[key.value] = line
    loader.flatten_mapping(node)
    return {loader.construct_object(key): loader.construct_object(value, deep=True) for key, value in node.value}


def _replace(loader: _CoreLoader, node: yaml.Node) -> Replace:
    if isinstance(node, yaml.MappingNode):
        return Replace(_mapping(loader, node))
    if isinstance(node, yaml.SequenceNode):
        return Replace(loader.construct_sequence(node, deep=True))
    raise yaml.MarkedYAMLError(
        problem="!replace before a single value, which replaces anyway; allowed: before a mapping or a list",
        problem_mark=node.start_mark,
    )


def _remove(loader: _CoreLoader, node: yaml.Node) -> Remove:
    if not isinstance(node, yaml.ScalarNode) or node.value:
        raise yaml.MarkedYAMLError(
            problem="!remove with a value; allowed: nothing after it, as in `Scotland: !remove`",
            problem_mark=node.start_mark,
        )
    return Remove()


_CoreLoader.add_constructor("tag:yaml.org,2002:int", _integer)
_CoreLoader.add_constructor("tag:yaml.org,2002:float", _number)
_CoreLoader.add_constructor("tag:yaml.org,2002:map", _mapping)
_CoreLoader.add_constructor("!replace", _replace)
_CoreLoader.add_constructor("!remove", _remove)


def read_yaml(text: str) -> Any:
    """The one document of a text as plain values, :class:`Replace` and :class:`Remove`.

    Raises:
        YamlError: it cannot be read.
    """
    loader = None
    try:
        loader = _CoreLoader(text)
        node = loader.get_single_node()
        if node is None:
            return None
        _measure(node, {}, set())
        return loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(filter(None, (error.context, error.problem)))
        raise YamlError(f"line {mark.line + 1}: {problem}" if mark else problem) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlError(f"line {line}: the character U+{ord(text[error.position]):04X} is not allowed") from None
    finally:
        if loader is not None:
            loader.dispose()


def _measure(node: yaml.Node, known: dict[int, tuple[int, int]], open_nodes: set[int]) -> tuple[int, int]:
    """Number of values and levels below a node with its aliases written out."""
    if id(node) in known:
        return known[id(node)]
    if id(node) in open_nodes:
        raise yaml.MarkedYAMLError(problem="an alias within what it stands for", problem_mark=node.start_mark)
    open_nodes.add(id(node))
    below = [] if isinstance(node, yaml.ScalarNode) else [one for entry in node.value for one in _parts(entry)]
    measured = [_measure(one, known, open_nodes) for one in below]
    size, depth = 1 + sum(one[0] for one in measured), 1 + max((one[1] for one in measured), default=0)
    if size > LARGEST or depth > DEEPEST:
        raise yaml.MarkedYAMLError(
            problem=f"more than {LARGEST:,} values or {DEEPEST} levels with all aliases written out",
            problem_mark=node.start_mark,
        )
    open_nodes.remove(id(node))
    known[id(node)] = size, depth
    return size, depth


def _parts(entry: Any) -> tuple[yaml.Node, ...]:
    return entry if isinstance(entry, tuple) else (entry,)
