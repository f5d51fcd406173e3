"""Keyed random streams: the source of every random draw of the platform.

A stream is named by (seed, process name, keys), and the keys are names: of the disease, the area, the cage, the feed
that the draw is about, with the year or the day. Positions in lists are no keys. So what one process draws cannot shift
what another one draws, a chunk can be made again alone, and adding, removing or reordering entries of the scenario
leaves the draws about all other entries as they were (common random numbers).

Three rules keep it so:

- what has a name draws from a stream of its name, or with its :class:`Groups`, never from a shared array whose shape
  follows the length of a list;
- a choice among named things is a race of theirs (:func:`choose`), never an index into their list;
- a rotation goes by :attr:`Groups.number`, never by a row.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.random.bit_generator import ISeedSequence

Key = int | str
"""A name, or a number such as a year, a day or a row's place within its named group."""


def stream(seed: int, process: str, *keys: Key) -> np.random.Generator:
    """A generator of its own for ``(seed, process, *keys)``; Philox, keyed by a stable 128-bit hash of the label.

    Costs about 10 microseconds: one for each (group, process, chunk), not for each number.
    """
    return np.random.Generator(np.random.Philox(_Hashed(_label(seed, process, keys))))  # type: ignore[arg-type]


def _label(seed: int, process: str, keys: Iterable[Key]) -> str:
    return "/".join((str(seed), process, *map(_spelled, keys)))


def _spelled(key: Key) -> str:
    """A number as it is, a name with its length, so that no two lists of keys make one label."""
    return f"{len(key)}:{key}" if isinstance(key, str) else str(int(key))


class _Hashed(ISeedSequence):
    """The hash of a label as Philox's key; numpy's own ``key=`` gathers entropy first and takes three times as long."""

    def __init__(self, label: str) -> None:
        self._digest = hashlib.blake2b(label.encode(), digest_size=16).digest()

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> np.ndarray:
        """The ``n_words``, two, 64-bit words of a Philox key."""
        return np.frombuffer(self._digest, dtype="<u8").astype(dtype, copy=False)


def choose(uniforms: np.ndarray, weights: np.ndarray | float = 1.0) -> np.ndarray:
    """Which of k named things is chosen, int64 (...,), each with the probability ``weights[k] / weights.sum()``; -1
    where all weights are 0.

    Each thing has a uniform of its own, drawn by its name, and runs an exponential race; the first one wins (weighted
    rendezvous hashing). So a further thing takes only what it wins itself, and their order does not matter.

    Args:
        uniforms: in (0, 1), shape (..., k).
        weights: at least 0, broadcast to the same shape.
    """
    if uniforms.shape[-1] == 0:
        return np.full(uniforms.shape[:-1], -1)
    with np.errstate(divide="ignore", invalid="ignore"):
        time = np.where(np.asarray(weights) > 0, -np.log(uniforms) / weights, np.inf)
    return np.where(np.isfinite(time.min(axis=-1)), time.argmin(axis=-1), -1)


class ByName:
    """Uniforms about ``(seed, process, *keys)``, one for each name, straight from the hash: a microsecond each."""

    def __init__(self, seed: int, process: str, *keys: Key) -> None:
        self._hash = hashlib.blake2b(_label(seed, process, keys).encode(), digest_size=8)

    def uniform(self, name: str) -> float:
        """The uniform of a name, in [0, 1)."""
        hashed = self._hash.copy()
        hashed.update(b"/" + name.encode())
        return (int.from_bytes(hashed.digest(), "little") >> 11) * 2.0**-53

    def choose(self, names: Sequence[str], weights: Sequence[float] = ()) -> int:
        """Position of the name that is chosen, -1 where there is none (:func:`choose`)."""
        uniforms = np.array([self.uniform(name) for name in names])
        return int(choose(uniforms, np.array(weights) if weights else 1.0))


@dataclass(frozen=True, eq=False)
class Groups:
    """Entities that draw group by group: a stream for each group, its members one after another.

    A group is named by what it is (a hall's tanks of one type), so groups come and go without an effect on others, and
    members added at a group's end leave the ones before them as they were.

    Attributes:
        names: name of each group.
        group: group of each entity, int64 (entities,).
        place: place of each entity within its group, from 0, int64 (entities,).
    """

    names: tuple[str, ...]
    group: np.ndarray
    place: np.ndarray

    @classmethod
    def of(cls, labels: Iterable[tuple[Key, ...]]) -> Self:
        """The groups of entities from the label of each one's group."""
        rows: dict[tuple[Key, ...], int] = {}
        sizes: list[int] = []
        group, place = [], []
        for label in labels:
            row = rows.setdefault(label, len(rows))
            if row == len(sizes):
                sizes.append(0)
            group.append(row)
            place.append(sizes[row])
            sizes[row] += 1
        names = tuple("/".join(map(_spelled, label)) for label in rows)
        return cls(names, np.array(group, dtype=np.int64), np.array(place, dtype=np.int64))

    def __len__(self) -> int:
        return self.group.size

    @cached_property
    def sizes(self) -> np.ndarray:
        """Members of each group, int64 (groups,)."""
        return np.bincount(self.group, minlength=len(self.names))

    @cached_property
    def number(self) -> np.ndarray:
        """A number for each entity that depends on its name alone, and counts on within a group: for rotations; int64
        (entities,)."""
        first = [int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest()) for name in self.names]
        return np.array(first, dtype=np.int64)[self.group] + self.place

    def key(self, entity: int) -> tuple[str, int]:
        """Keys of one entity's own streams."""
        return self.names[self.group[entity]], int(self.place[entity])

    def uniforms(
        self,
        seed: int,
        process: str,
        *keys: Key,
        shape: tuple[int, ...] = (),
        dtype: Any = np.float64,
        entities: np.ndarray | None = None,
    ) -> np.ndarray:
        """Uniforms in [0, 1), (entities, *shape); of all entities, or of some rows ``entities`` of them."""
        return self._drawn(seed, process, keys, shape, dtype, entities, normal=False)

    def normals(
        self,
        seed: int,
        process: str,
        *keys: Key,
        shape: tuple[int, ...] = (),
        dtype: Any = np.float64,
        entities: np.ndarray | None = None,
    ) -> np.ndarray:
        """Standard normals, likewise."""
        return self._drawn(seed, process, keys, shape, dtype, entities, normal=True)

    def _drawn(
        self,
        seed: int,
        process: str,
        keys: tuple[Key, ...],
        shape: tuple[int, ...],
        dtype: Any,
        entities: np.ndarray | None,
        *,
        normal: bool,
    ) -> np.ndarray:
        parts, place = self._whole if entities is None else self._layout(np.asarray(entities))
        drawn = np.empty((parts[-1][2] if parts else 0, *shape), dtype=dtype)
        for name, first, end in parts:
            generator = stream(seed, process, name, *keys)
            if normal:
                generator.standard_normal(out=drawn[first:end], dtype=dtype)
            else:
                generator.random(out=drawn[first:end], dtype=dtype)
        return drawn if place is None else drawn[place]

    @cached_property
    def _whole(self) -> tuple[list[tuple[str, int, int]], np.ndarray | None]:
        return self._layout(np.arange(self.group.size))

    def _layout(self, entities: np.ndarray) -> tuple[list[tuple[str, int, int]], np.ndarray | None]:
        """The groups of some entities, each with the place of its first member and the place after its last one among
        the members of all these groups; and the places of the entities, None where they are all in this order."""
        groups = np.unique(self.group[entities])
        ends = np.cumsum(self.sizes[groups])
        firsts = ends - self.sizes[groups]
        parts = [
            (self.names[group], first, end)
            for group, first, end in zip(groups.tolist(), firsts.tolist(), ends.tolist(), strict=True)
        ]
        place = firsts[np.searchsorted(groups, self.group[entities])] + self.place[entities]
        in_order = place.size == self.sizes[groups].sum() and (place == np.arange(place.size)).all()
        return parts, None if in_order else place
