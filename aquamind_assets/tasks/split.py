"""Train, validation and test: other sites, later days, other batches; and the proof that nothing leaks.

Belongs here: assigning rows to splits, and checking an assignment from its rows alone. Does not belong here: scores.

The days of a history are cut into three periods and its sites into three groups. A row is in a split if its site is in
the split's group and all days that its features and its target look at are in the split's period. Other rows are in
none: that is the price of a split in which neither a site's own nature nor a common past is known from training.
"""

import hashlib
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from aquamind_assets.tasks.task import SPLITS

SITE_SHARES = (0.5, 0.2, 0.3)
PERIOD_SHARES = (0.5, 0.2, 0.3)
TRIES = 100
"""Assignments of sites to splits that are tried; the best balanced one is taken."""


class Leakage(Exception):
    """A split from whose training rows something of another split's rows is known; a fault of the program."""


class NotSplittable(Exception):
    """Too few sites, days or rows for three splits; the message says of what."""


def split(rows: pd.DataFrame, seed: int, weight: np.ndarray) -> dict[str, pd.DataFrame]:
    """Return the rows of each split, in their order.

    Args:
        rows: all rows, with the columns of every task.
        seed: of the scenario; another seed assigns sites otherwise.
        weight: of each row, (rows,); sites and periods are balanced by its sums.

    Raises:
        NotSplittable: a split would be empty.
    """
    sites = rows[["farm", "site"]].apply(tuple, axis=1) if len(rows) else pd.Series([], dtype=object)
    names = sorted(set(sites))
    if len(names) < len(SPLITS):
        raise NotSplittable(f"{len(names)} sites have rows; at least {len(SPLITS)} are needed")
    period = _periods(rows, weight)
    group = pd.Series(_groups(names, rows, sites, period, weight, seed))
    of_site = sites.map(group).to_numpy()
    parts = {}
    for number, name in enumerate(SPLITS):
        parts[name] = rows[(period == number) & (of_site == number)]
    later: set[tuple[int, int]] = set()
    for name in reversed(SPLITS):
        known = _batches(parts[name])
        parts[name] = parts[name][[batch not in later for batch in known]].reset_index(drop=True)
        later |= {batch for batch in known if batch[1] >= 0}
    if empty := [name for name in SPLITS if not len(parts[name])]:
        raise NotSplittable(f"no rows are left for {' and '.join(empty)}")
    check_leakage(parts)
    return parts


def _batches(rows: pd.DataFrame) -> list[tuple[int, int]]:
    return list(zip(rows["farm"].tolist(), rows["batch_id"].tolist(), strict=True))


def _periods(rows: pd.DataFrame, weight: np.ndarray) -> np.ndarray:
    """Period that all days of a row lie in, -1 for those that lie in two, int64 (rows,)."""
    order = np.argsort(rows["day"].to_numpy(), kind="stable")
    share = np.cumsum(weight[order]) / weight.sum()
    borders = [rows["day"].to_numpy()[order][np.searchsorted(share, part)] for part in np.cumsum(PERIOD_SHARES)[:-1]]
    first = np.searchsorted(borders, rows["first_day"].to_numpy(), side="right")
    last = np.searchsorted(borders, rows["last_day"].to_numpy(), side="right")
    return np.where(first == last, first, -1)


def _groups(
    names: list[tuple[int, int]],
    rows: pd.DataFrame,
    sites: pd.Series,
    period: np.ndarray,
    weight: np.ndarray,
    seed: int,
) -> Mapping[tuple[int, int], int]:
    """Split of each site, the best balanced of ``TRIES`` draws: the split that gets least of its share gets most."""
    codes = pd.Categorical(sites, categories=names).codes
    batch = pd.factorize(pd.Series(_batches(rows)))[0]
    batch = np.where(rows["batch_id"].to_numpy() >= 0, batch, -1)
    cells = pd.DataFrame({"site": codes, "period": period, "batch": batch, "weight": weight})
    cells = cells[cells["period"] >= 0].groupby(["site", "period", "batch"], as_index=False)["weight"].sum()
    in_period = np.bincount(cells["period"], cells["weight"], minlength=len(SPLITS))
    wanted = np.maximum(in_period * np.array(SITE_SHARES), 1e-9)
    sizes = np.maximum(np.round(np.array(SITE_SHARES) * len(names)).astype(int), 1)
    sizes[0] = len(names) - sizes[1:].sum()
    labels = np.repeat(np.arange(len(SPLITS)), sizes)
    best, best_score = np.zeros(len(names), dtype=np.int64), -1.0
    for salt in range(TRIES):
        group = np.empty(len(names), dtype=np.int64)
        drawn = [_hash(seed, salt, name) for name in names]
        group[sorted(range(len(names)), key=drawn.__getitem__)] = labels
        score = float(np.minimum(_kept(cells, group) / wanted, 1.5).min())
        if score > best_score:
            best, best_score = group, score
    return dict(zip(names, best.tolist(), strict=True))


def _kept(cells: pd.DataFrame, group: np.ndarray) -> np.ndarray:
    """Weight that each split keeps if sites are grouped so, batches of later splits left out."""
    site, period, batch, weight = (cells[name].to_numpy() for name in ("site", "period", "batch", "weight"))
    inside = group[site] == period
    later = np.zeros(int(batch.max(initial=-1)) + 2, dtype=bool)
    kept = np.zeros(len(SPLITS))
    for number in reversed(range(len(SPLITS))):
        rows = inside & (period == number) & ~(later[batch] & (batch >= 0))
        kept[number] = weight[rows].sum()
        later[batch[rows]] = True
    return kept


def _hash(seed: int, salt: int, name: tuple[int, int]) -> bytes:
    return hashlib.blake2b(f"{seed}/{salt}/{name[0]}/{name[1]}".encode(), digest_size=8).digest()


def check_leakage(parts: Mapping[str, pd.DataFrame]) -> None:
    """Prove from the rows alone that no site, batch or day is in two splits, and that the splits follow each other.

    Raises:
        Leakage: one is; the message names it.
    """
    for column in ("site", "batch_id"):
        seen: dict[tuple[int, int], str] = {}
        for name in SPLITS:
            for key in {
                (farm, value)
                for farm, value in zip(parts[name]["farm"].tolist(), parts[name][column].tolist(), strict=True)
                if column == "site" or value >= 0
            }:
                if key in seen:
                    raise Leakage(f"{column} {key[1]} of farm {key[0]} is in {seen[key]} and in {name}")
                seen[key] = name
    for name in SPLITS:
        backwards = parts[name]["last_day"] < parts[name]["first_day"]
        if backwards.any():
            raise Leakage(f"{name} has rows whose last day lies before their first day")
    for before, after in pairwise(SPLITS):
        end, begin = int(parts[before]["last_day"].max()), int(parts[after]["first_day"].min())
        if end >= begin:
            raise Leakage(f"{before} looks at days up to {end}, {after} at days from {begin}")
