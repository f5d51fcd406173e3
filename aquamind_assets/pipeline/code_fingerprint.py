"""A fingerprint of the code behind some functions, made from their syntax trees.

It covers every definition of this package that the functions reach: functions, classes and module constants, followed
through imports. It changes with their behavior. It does not change with comments, docstrings, formatting, type
annotations of functions, log messages, texts of errors, names of modules, or the place of a definition.

How: each definition is reduced to a normal form, in which a reference to another definition is a placeholder. Its hash
is refined :data:`ROUNDS` times with the hashes of what it refers to (as in Weisfeiler and Lehman's test of graphs), so
that exchanging two definitions behind one name shows too. The fingerprint hashes the sorted hashes of all definitions.

Belongs here: the mechanism. Does not belong here: which functions decide what (``provenance``).
"""

import ast
import copy
import hashlib
import importlib.util
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

PACKAGE = "aquamind_assets"
ROUNDS = 4

PROSE: dict[str, tuple[tuple[int, ...], frozenset[str]]] = {
    "column": ((1, 2), frozenset({"unit", "meaning"})),
    "quantity": (
        (0, 1, 2),
        frozenset({"meaning", "unit", "source", "ge", "gt", "le", "lt", "min_length", "max_length"}),
    ),
    "Field": ((), frozenset({"description", "json_schema_extra", "ge", "gt", "le", "lt", "min_length", "max_length"})),
}
"""Calls with arguments that describe or restrict a value and decide none, by position and by keyword."""

VALIDATORS = frozenset({"model_validator", "field_validator"})
"""Decorators of methods that accept or refuse a scenario; what they accept has a fingerprint of its own."""

Key = tuple[str, str]
"""A definition: its module and its name there; ``""`` stands for the module's statements that define nothing."""


@dataclass
class _Module:
    """A parsed module: its definitions, what its names refer to elsewhere, and its other statements."""

    definitions: dict[str, ast.stmt] = field(default_factory=dict)
    imports: dict[str, Key] = field(default_factory=dict)
    effects: list[ast.stmt] = field(default_factory=list)


@dataclass(frozen=True)
class _Definition:
    """A definition in normal form, and the definitions it refers to in order of appearance."""

    form: bytes
    references: tuple[Key, ...]


def fingerprint_of(functions: Iterable[Callable[..., object]]) -> str:
    """Sixteen hex digits of everything that these functions and classes reach in this package.

    Raises:
        LookupError: one of them is not defined at the top level of a module of this package.
    """
    reached = _reach(_key_of(function) for function in functions)
    return _hash(*sorted(_refined(key, ROUNDS) for key in reached)).hex()


@cache
def _refined(key: Key, rounds: int) -> bytes:
    """The hash of a definition after so many rounds of taking in what it refers to."""
    definition = _definition(*key)
    if rounds == 0:
        return _hash(definition.form)
    return _hash(_refined(key, rounds - 1), *(_refined(one, rounds - 1) for one in definition.references))


def _key_of(function: Callable[..., object]) -> Key:
    key = _resolve(function.__module__, function.__qualname__)
    if key is None:
        raise LookupError(f"{function.__module__}.{function.__qualname__} is not a definition of {PACKAGE}")
    return key


def _reach(roots: Iterable[Key]) -> set[Key]:
    reached: set[Key] = set()
    waiting = list(roots)
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting += _definition(*key).references
    return reached


def _hash(*parts: bytes) -> bytes:
    return hashlib.blake2b(b"".join(len(part).to_bytes(8, "little") + part for part in parts), digest_size=8).digest()


@cache
def _module(name: str) -> _Module | None:
    """The parsed module; None where there is none of that name."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None or not hasattr(spec.loader, "get_source"):
        return None
    module = _Module()
    for statement in _flat(ast.parse(spec.loader.get_source(name) or "").body):
        match statement:
            case ast.FunctionDef(name=defined) | ast.AsyncFunctionDef(name=defined) | ast.ClassDef(name=defined):
                module.definitions[defined] = statement
            case ast.ImportFrom(module=source, names=aliases) if source and source.split(".")[0] == PACKAGE:
                module.imports |= {alias.asname or alias.name: (source, alias.name) for alias in aliases}
            case ast.Assign(targets=targets) if all(isinstance(target, ast.Name | ast.Tuple) for target in targets):
                module.definitions |= {node.id: statement for target in targets for node in _names(target)}
            case ast.AnnAssign(target=ast.Name(id=defined)):
                module.definitions[defined] = statement
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
                pass
            case _:
                module.effects.append(statement)
    return module


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Top-level statements, with imports that are only made for type checkers among them."""
    for statement in body:
        if (
            isinstance(statement, ast.If)
            and isinstance(statement.test, ast.Name)
            and statement.test.id == "TYPE_CHECKING"
        ):
            yield from statement.body
        else:
            yield statement


def _names(target: ast.expr) -> Iterator[ast.Name]:
    return (node for node in ast.walk(target) if isinstance(node, ast.Name))


@cache
def _resolve(module: str, name: str) -> Key | None:
    """The definition that a dotted name in a module refers to; None if it is not one of this package."""
    found = _module(module)
    first, _, rest = name.partition(".")
    if found is None:
        return None
    if first in found.definitions:
        return module, first
    if first in found.imports:
        source, imported = found.imports[first]
        if importlib.util.find_spec(source) is not None and _is_module(f"{source}.{imported}"):
            return _resolve(f"{source}.{imported}", rest) if rest else None
        return _resolve(source, imported)
    return None


@cache
def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@cache
def _definition(module: str, name: str) -> _Definition:
    """A definition in normal form. It always refers to its module's other statements, which may change what it does."""
    found = _module(module)
    assert found is not None
    normal = _Normal(module)
    if not name:
        forms = [ast.dump(normal.visit(statement)) for statement in found.effects]
        return _Definition("\n".join(forms).encode(), tuple(normal.references))
    match found.definitions[name]:
        case ast.Assign(targets=[ast.Name()], value=value) | ast.AnnAssign(value=ast.expr() as value):
            form = ast.dump(normal.visit(value))
        case ast.Assign():
            # Several names of one statement: each has its place in it.
            statement = copy.deepcopy(found.definitions[name])
            form = f"{name} of {ast.dump(normal.visit(statement))}"
        case statement:
            form = ast.dump(normal.visit(statement))
    effects = [(module, "")] if found.effects else []
    return _Definition(form.encode(), (*normal.references, *effects))


class _Normal(ast.NodeTransformer):
    """Brings a definition into normal form and gathers what it refers to."""

    def __init__(self, module: str) -> None:
        self.references: list[Key] = []
        self._module = module
        self._outermost = True

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | None:
        """A function without its docstring and annotations; the outermost one without its name."""
        self._drop_name(node)
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg) and argument.annotation is not None:
                self._note_only(argument.annotation)
                argument.annotation = None
        if node.returns is not None:
            self._note_only(node.returns)
            node.returns = None
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST | None:
        """A class without its docstring and its validators; the outermost one without its name."""
        self._drop_name(node)
        node.body = [part for part in node.body if not _is_validator(part)]
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Docstrings and log messages decide nothing."""
        if isinstance(node.value, ast.Constant) or _is_logging(node.value):
            return None
        return self.generic_visit(node)

    def visit_Pass(self, node: ast.Pass) -> ast.AST | None:
        """A body of nothing is left when its docstring is gone."""
        return None

    def visit_Raise(self, node: ast.Raise) -> ast.AST | None:
        """What is raised counts, its text does not."""
        if isinstance(node.exc, ast.Call):
            node.exc = node.exc.func
        node.cause = None
        return self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> ast.AST | None:
        """What is asserted counts, its text does not."""
        node.msg = None
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST | None:
        """A call without the arguments that only describe."""
        positions, keywords = (
            PROSE.get(node.func.id, ((), frozenset())) if isinstance(node.func, ast.Name) else ((), frozenset())
        )
        node.args = [argument for place, argument in enumerate(node.args) if place not in positions]
        node.keywords = [keyword for keyword in node.keywords if keyword.arg not in keywords]
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST | None:
        """``module.name`` is a reference as ``name`` is."""
        if isinstance(node.value, ast.Name) and self._refers(f"{node.value.id}.{node.attr}"):
            return ast.Name("@", ast.Load())
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST | None:
        """A name of the package becomes a placeholder; what it refers to is noted."""
        return ast.Name("@", ast.Load()) if isinstance(node.ctx, ast.Load) and self._refers(node.id) else node

    def _refers(self, name: str) -> bool:
        key = _resolve(self._module, name)
        if key is not None:
            self.references.append(key)
        return key is not None

    def _note_only(self, annotation: ast.expr) -> None:
        """An annotation decides nothing itself, but shows which classes are worked with."""
        for node in ast.walk(annotation):
            if isinstance(node, ast.Name):
                self._refers(node.id)

    def _drop_name(self, node: ast.FunctionDef | ast.ClassDef) -> None:
        if self._outermost:
            node.name = "_"
        self._outermost = False


def _is_validator(node: ast.stmt) -> bool:
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return any(
        isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in VALIDATORS for one in decorators
    )


def _is_logging(node: ast.expr) -> bool:
    target = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    return isinstance(target, ast.Name) and target.id in ("_log", "logger")
