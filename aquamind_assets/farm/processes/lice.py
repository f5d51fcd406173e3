"""Sea lice: stage-structured cohorts in every cage, shared larvae.

Attached and pre-adult lice pass through boxes of equal development; every day the development clock of the cage's water
advances, and when it passes a box border all boxes move on by one. So a cohort keeps its age and does not smear, as it
would in a chain of rates.

| kind | name | unit | meaning and source |
|---|---|---|---|
| parameter | female rate | 1/day | .000485 T^2 + .008667 T + .00375 stages a day, 5 stages to adult (Hamre 2019) |
| parameter | male rate | 1/day | .000677 T^2 + .010294 T + .005729 (Hamre 2019) |
| parameter | egg days | day | (41.98 / (T - 10 + 14.19))^2 for a pair of strings (Stien 2005) |
| parameter | ``eggs_per_clutch`` | eggs | (Stien 2005) |
| parameter | ``larva_loss`` | 1/day | larvae adrift lost by death and current (Stien 2005: deaths .17) |
| parameter | ``mortality`` | 1/day | attached, pre-adult, adult (Stien 2005) |
| parameter | infectivity | 1 | logit -2.134 + ln N(millions) + .067 (ln W - .55) - 1.389 x - .547 x^2, x = ln(T/9), W kg (suggested) |
| parameter | ``internal_share`` | 1 | settling lice for each larva of the area and day (calibrated) |
| parameter | ``exchange`` | 1 | share of the larvae hatched in one area that the current takes to another (scenario) |
| parameter | ``outside_resistance`` | 1 | share of resistant lice among those from outside (``outside_lice``) |
| state | ``lice`` (n, ``WIDTH``) | per fish | boxes of females and males, adults, larvae they have released, resistant share, development clocks |
| rate | :meth:`Lice.settling` | per fish and day | lice that settle |
| rate | :meth:`Lice.advance` | | a day of ageing, dying, egg laying |
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets.scenario.model import Scenario

STAGES = 5
"""Stages before the adult: copepodid, chalimus 1 and 2, pre-adult 1 and 2."""
BOXES_PER_STAGE = 3
BOXES = STAGES * BOXES_PER_STAGE
_ATTACHED_BOXES = 3 * BOXES_PER_STAGE

FEMALE = slice(0, BOXES)
MALE = slice(BOXES, 2 * BOXES)
ADULT_FEMALE = 2 * BOXES
ADULT_MALE = 2 * BOXES + 1
LARVAE = 2 * BOXES + 2
RESISTANT = 2 * BOXES + 3
FEMALE_CLOCK = 2 * BOXES + 4
MALE_CLOCK = 2 * BOXES + 5
WIDTH = 2 * BOXES + 6

_REFERENCE = (0.07, 1.0, 9.0)
"""Fish in millions, weight in kg and temperature at which relative infectivity is 1."""


def female_rate(temperature: np.ndarray) -> np.ndarray:
    """Stages a day of female lice (Hamre 2019)."""
    temperature = np.maximum(temperature, 0.0)
    return (0.000485 * temperature + 0.008667) * temperature + 0.00375


def male_rate(temperature: np.ndarray) -> np.ndarray:
    """Stages a day of male lice (Hamre 2019)."""
    temperature = np.maximum(temperature, 0.0)
    return (0.000677 * temperature + 0.010294) * temperature + 0.005729


def egg_days(temperature: np.ndarray) -> np.ndarray:
    """Days a pair of egg strings takes (Stien 2005)."""
    return (41.98 / (np.maximum(temperature, 0.0) - 10.0 + 14.19)) ** 2


def infectivity(fish: np.ndarray, weight: np.ndarray, temperature: np.ndarray) -> np.ndarray:
    """Chance of a fish to catch a larva, relative to one of 1 kg among 70,000 at 9 degC (suggested)."""
    return _caught(np.maximum(fish, 1.0) / 1e6, weight / 1e3, temperature) / _CAUGHT_BY_REFERENCE


def _caught(millions: np.ndarray, kilograms: np.ndarray, temperature: np.ndarray) -> np.ndarray:
    x = np.log(np.maximum(temperature, 1.0) / 9.0)
    logit = -2.134 + np.log(millions) + 0.067 * (np.log(kilograms) - 0.55) - 1.389 * x - 0.547 * x * x
    return 1.0 / (1.0 + np.exp(-logit)) / millions


_CAUGHT_BY_REFERENCE = _caught(*(np.array(value) for value in _REFERENCE))


def _exchange(scenario: Scenario) -> np.ndarray | None:
    areas, rows = sum(len(one.cages_by_area) for one in scenario.farm.geographies), scenario.farm.area_of_site
    shares = np.zeros((areas, areas))
    for start, ends in scenario.health.lice.connectivity.items():
        for end, share in ends.items():
            shares[rows[end], rows[start]] = share
    return shares if shares.any() else None


@dataclass(frozen=True)
class Lice:
    """Sea lice; ``lice`` is the state (n, WIDTH), the other arrays are over the same cages, (n,), unless said
    otherwise."""

    box_survival: np.ndarray
    """Daily survival in each box, (BOXES,)."""
    adult_survival: float
    eggs_per_clutch: float
    larva_loss: float
    internal_share: float
    exchange: np.ndarray | None
    """Share of the larvae of an area that reach another, (to, from), 0 on the diagonal; None where all stay."""
    outside_resistance: float
    resistance_gain: float

    @classmethod
    def from_scenario(cls, scenario: Scenario) -> Self:
        """The parameters of a scenario."""
        spec = scenario.health.lice
        mortality = np.where(np.arange(BOXES) < _ATTACHED_BOXES, spec.chalimus_mortality, spec.preadult_mortality)
        return cls(
            box_survival=1.0 - mortality,
            adult_survival=1.0 - spec.adult_mortality,
            eggs_per_clutch=spec.eggs_per_clutch,
            larva_loss=spec.larva_loss,
            internal_share=spec.internal_share,
            exchange=_exchange(scenario),
            outside_resistance=spec.outside_resistance,
            resistance_gain=spec.resistance_gain,
        )

    def clean(self, cages: int) -> np.ndarray:
        """The state of cages just stocked: no lice, (cages, WIDTH)."""
        state = np.zeros((cages, WIDTH))
        state[:, RESISTANT] = self.outside_resistance
        return state

    def settling(
        self,
        lice: np.ndarray,
        fish: np.ndarray,
        weight: np.ndarray,
        temperature: np.ndarray,
        area: np.ndarray,
        from_outside: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lice that settle today, per fish, and the share of them that is resistant, both (n,).

        Args:
            lice: state, (n, WIDTH).
            fish: fish in the cage.
            weight: mean weight, g.
            temperature: degC.
            area: area of the cage: cages of an area share their larvae.
            from_outside: pressure from outside on each area (``OutsideLice.pressure``), (areas,).
        """
        caught = infectivity(fish, weight, temperature)
        fish = np.asarray(fish, dtype=np.float64)
        areas = from_outside.size
        in_area = np.maximum(np.bincount(area, weights=fish, minlength=areas), 1.0)
        larvae = self._reaching(np.bincount(area, weights=lice[:, LARVAE] * fish, minlength=areas)) / in_area
        hatched = np.bincount(area, weights=lice[:, LARVAE] * fish * lice[:, RESISTANT], minlength=areas)
        resistant = self._reaching(hatched) / in_area
        total = self.internal_share * larvae + from_outside
        share = (self.internal_share * resistant + self.outside_resistance * from_outside) / np.maximum(total, 1e-300)
        return caught * total[area], share[area]

    def _reaching(self, hatched: np.ndarray) -> np.ndarray:
        """Larvae in each area, (areas,): those hatched there, and those that the current brings from others."""
        return hatched if self.exchange is None else hatched + self.exchange @ hatched

    def advance(
        self, lice: np.ndarray, temperature: np.ndarray, settled: np.ndarray, settled_resistant: np.ndarray
    ) -> np.ndarray:
        """The state a day later, (n, WIDTH): yesterday's lice die, develop and lay eggs, then ``settled`` lice attach,
        half of them females."""
        new = np.empty_like(lice)
        grown_f = self._move(lice, new, FEMALE, FEMALE_CLOCK, female_rate(temperature))
        grown_m = self._move(lice, new, MALE, MALE_CLOCK, male_rate(temperature))
        new[:, FEMALE.start] += settled / 2
        new[:, MALE.start] += settled / 2
        new[:, ADULT_FEMALE] = lice[:, ADULT_FEMALE] * self.adult_survival + grown_f
        new[:, ADULT_MALE] = lice[:, ADULT_MALE] * self.adult_survival + grown_m
        hatched = lice[:, ADULT_FEMALE] * self.eggs_per_clutch / egg_days(temperature)
        new[:, LARVAE] = lice[:, LARVAE] * (1.0 - self.larva_loss) + hatched
        on_fish = new[:, : ADULT_MALE + 1].sum(axis=1)
        part = settled / np.maximum(on_fish, 1e-300)
        new[:, RESISTANT] = lice[:, RESISTANT] + (settled_resistant - lice[:, RESISTANT]) * np.minimum(part, 1.0)
        return new

    def _move(self, lice: np.ndarray, new: np.ndarray, boxes: slice, clock: int, rate: np.ndarray) -> np.ndarray:
        """Ages one sex into ``new``; returns the lice that become adult. A box is a third of a stage, passed at most
        once a day (below 19 degC)."""
        alive = lice[:, boxes] * self.box_survival
        time = lice[:, clock] + np.minimum(rate * BOXES_PER_STAGE, 1.0)
        moves = time >= 1.0
        new[:, clock] = time - moves
        new[:, boxes] = alive
        moving = np.flatnonzero(moves)
        if moving.size == 0:
            return np.zeros(lice.shape[0])
        shifted = alive[moving]
        new[moving, boxes.start + 1 : boxes.stop] = shifted[:, :-1]
        new[moving, boxes.start] = 0.0
        grown = np.zeros(lice.shape[0])
        grown[moving] = shifted[:, -1]
        return grown

    def treated(
        self, lice: np.ndarray, efficacy: np.ndarray, attached_factor: np.ndarray, chemical: np.ndarray
    ) -> np.ndarray:
        """The state after a treatment, (m, WIDTH).

        Args:
            lice: state of the treated cages, (m, WIDTH).
            efficacy: share of mobile lice removed (``Treatment.efficacy``), (m,).
            attached_factor: efficacy on attached lice relative to that, (m,).
            chemical: whether resistant lice are spared, bool (m,).
        """
        mobile, attached = (1.0 - efficacy)[:, None], (1.0 - efficacy * attached_factor)[:, None]
        new = lice.copy()
        for boxes in (FEMALE, MALE):
            new[:, boxes.start : boxes.start + _ATTACHED_BOXES] *= attached
            new[:, boxes.start + _ATTACHED_BOXES : boxes.stop] *= mobile
        new[:, ADULT_FEMALE : ADULT_MALE + 1] *= mobile
        new[:, RESISTANT] += np.where(chemical, self.resistance_gain * (1.0 - new[:, RESISTANT]), 0.0)
        return new

    @staticmethod
    def mixed(lice: np.ndarray, fish: np.ndarray, other: np.ndarray, other_fish: np.ndarray) -> np.ndarray:
        """State of fish of two origins in one cage, (n, WIDTH): weighted by their numbers."""
        part = (other_fish / np.maximum(fish + other_fish, 1))[:, None]
        return lice * (1.0 - part) + other * part

    @staticmethod
    def attached(lice: np.ndarray) -> np.ndarray:
        """Copepodids and chalimus on a fish, (n,)."""
        return lice[:, FEMALE.start : FEMALE.start + _ATTACHED_BOXES].sum(axis=1) + lice[
            :, MALE.start : MALE.start + _ATTACHED_BOXES
        ].sum(axis=1)

    @staticmethod
    def preadult(lice: np.ndarray) -> np.ndarray:
        """Pre-adults of both sexes on a fish, (n,)."""
        return lice[:, FEMALE.start + _ATTACHED_BOXES : FEMALE.stop].sum(axis=1) + lice[
            :, MALE.start + _ATTACHED_BOXES : MALE.stop
        ].sum(axis=1)

    @staticmethod
    def mobile(lice: np.ndarray) -> np.ndarray:
        """Pre-adults and adults of both sexes on a fish, (n,)."""
        return Lice.preadult(lice) + lice[:, ADULT_FEMALE] + lice[:, ADULT_MALE]
