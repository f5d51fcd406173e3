"""A small grammar for the fish health journal: the text of a veterinarian's weekly round.

Belongs here: phrases, and sentences made of them by keyed choice, so that two entries rarely have the same text and one
entry always has the same text. Does not belong here: which entries there are (``weeks``), sentences about single events
(``phrases``).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from aquamind_assets.ledger.codes import Stage
from aquamind_assets.scenario.signs import Signs
from aquamind_assets.streams import ByName, Key

LOW_OXYGEN = 7.0
"""Oxygen in mg/L below which the text mentions it (domain: cage oxygen)."""

LEAN_FEEDING = 0.6
"""Share of the feed of the last round; below it the text calls appetite poor."""


class Pen:
    """Chooses among phrases: each has a draw of its own, so a further phrase takes only what it is chosen for.

    A phrase is drawn anew each time it is up for a choice.
    """

    def __init__(self, seed: int, process: str, *keys: Key) -> None:
        self._draws = ByName(seed, process, *keys)
        self._times: Counter[str] = Counter()

    def one(self, phrases: Sequence[str]) -> str:
        """One of the phrases."""
        return max(phrases, key=self._uniform)

    def some(self, phrases: Sequence[str], count: int) -> list[str]:
        """``count`` different phrases, or all there are."""
        return self.shuffled(phrases)[:count]

    def maybe(self, probability: float, phrase: str) -> bool:
        """Whether a phrase is used, which it is with this probability."""
        return self._uniform(phrase) < probability

    def shuffled(self, sentences: Sequence[str]) -> list[str]:
        """The sentences in some order."""
        return sorted(sentences, key=self._uniform)

    def _uniform(self, phrase: str) -> float:
        self._times[phrase] += 1
        return self._draws.uniform(f"{self._times[phrase]}/{phrase}")


@dataclass(frozen=True)
class Round:
    """Observations of a weekly round of a batch.

    Attributes:
        place: location of the batch, as text.
        containers: number of containers of the batch.
        noun: their kind, singular.
        stage: the Stage of most of its containers.
        hatched: whether eggs have hatched.
        fish: fish alive.
        weight_g: mean weight.
        days: days since the last round, the period of the figures.
        mortality_percent: deaths in these days, % of the fish at their start.
        expected_percent: usual mortality, %.
        worst: name of the container with the highest mortality.
        worst_percent: its mortality, %.
        feed_percent: feed, % of biomass a day; None before first feeding.
        last_feed_percent: the same at the round before, or 0.
        fasted: containers fasting on the day.
        temperature: mean water temperature, degC.
        oxygen: lowest daily mean of dissolved oxygen, mg/L.
        females: adult female lice per fish at the last count; None if there was none.
        threshold: adult females above which lice are treated.
        reason: the known reason of raised mortality, as text; ``""`` if it is unknown.
        diagnosed: diagnosed diseases, with the number of containers of each.
        signs: their signs, in the same order.
    """

    place: str
    containers: int
    noun: str
    stage: Stage
    hatched: bool
    fish: int
    weight_g: float
    days: int
    mortality_percent: float
    expected_percent: float
    worst: str
    worst_percent: float
    feed_percent: float | None
    last_feed_percent: float
    fasted: int
    temperature: float
    oxygen: float
    females: float | None
    threshold: float
    reason: str = ""
    diagnosed: tuple[tuple[str, int], ...] = ()
    signs: tuple[Signs, ...] = field(default=())

    @property
    def strain(self) -> float:
        """Mortality divided by the usual mortality."""
        return self.mortality_percent / max(self.expected_percent, 1e-9)


def plural(count: int, noun: str) -> str:
    """Return ``1 cage``, ``2 cages``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def weight(grams: float) -> str:
    """Return a mean weight as text: ``0.15 g``, ``87 g``, ``4.12 kg``."""
    return f"{grams / 1000:.2f} kg" if grams >= 1000 else f"{grams:.0f} g" if grams >= 10 else f"{grams:.2f} g"


_OPENINGS = (
    "Weekly round at {place}.",
    "Routine fish health visit, {place}.",
    "{place}: weekly inspection.",
    "Looked at {every} at {place} with the crew.",
    "Went through the mortality figures and looked at {every} at {place}.",
    "Weekly health check of {every}, {place}.",
    "Visit to {place} together with the shift leader.",
    "Routine check at {place}; {containers} seen.",
)
_STOCK = (
    "{fish:,} fish, mean weight {weight}.",
    "Mean weight {weight}, {fish:,} fish in {containers}.",
    "Stock {fish:,} at {weight} on average.",
    "The fish now weigh {weight} on average.",
)
_MORTALITY_LOW = (
    "Mortality {m:.2f} % in {days} days, as expected.",
    "Losses of {m:.2f} % over {days} days, nothing unusual.",
    "Low mortality ({m:.2f} % in {days} days).",
    "{m:.2f} % dead in {days} days, no pattern to it.",
    "Dead fish few: {m:.2f} % in {days} days.",
)
_MORTALITY_RAISED_ALONE = (
    "Mortality raised: {m:.2f} % in {days} days, usual would be {e:.2f} %.",
    "Losses above normal, {m:.2f} % in {days} days.",
    "{m:.2f} % dead in {days} days, {times:.1f} times the usual.",
    "More dead fish than usual: {m:.2f} % in {days} days.",
)
_MORTALITY_RAISED = (
    "Mortality raised: {m:.2f} % in {days} days, usual would be {e:.2f} %; worst in {worst} ({w:.2f} %).",
    "Losses above normal, {m:.2f} % in {days} days; {worst} stands out with {w:.2f} %.",
    "{m:.2f} % dead in {days} days, {times:.1f} times the usual; highest in {worst} ({w:.2f} %).",
    "More dead fish than usual: {m:.2f} % in {days} days, in {worst} even {w:.2f} %.",
)
_MORTALITY_HIGH = (
    "High mortality: {m:.2f} % in {days} days, {times:.1f} times the usual; {worst} lost {w:.2f} %.",
    "Acute losses of {m:.2f} % in {days} days, mainly in {worst} ({w:.2f} %).",
    "Mortality out of hand in {worst} ({w:.2f} % in {days} days); {m:.2f} % over the whole batch.",
)
_MORTALITY_HIGH_ALONE = (
    "High mortality: {m:.2f} % in {days} days, {times:.1f} times the usual.",
    "Acute losses of {m:.2f} % in {days} days.",
    "Mortality out of hand: {m:.2f} % in {days} days, {times:.1f} times the usual.",
)
_PUT_DOWN_TO = (
    "Put down to {reason}.",
    "Most of it after {reason}.",
    "To be seen with {reason}.",
)
_APPETITE_GOOD = (
    "Appetite good, {p:.2f} % of body weight a day.",
    "Feeding well at {p:.2f} % a day.",
    "Fish come up eagerly at feeding; {p:.2f} % a day.",
    "Feed intake {p:.2f} % of biomass a day.",
)
_APPETITE_POOR = (
    "Appetite poor, only {p:.2f} % of body weight a day.",
    "Feed intake down to {p:.2f} % a day.",
    "Fish slow to feed: {p:.2f} % a day.",
)
_FASTED = ("{containers} fasting.", "Feed withheld in {containers}.", "{containers} off feed ahead of handling.")
_WATER = (
    "Water {t:.1f} °C, oxygen {o:.1f} mg/L at its lowest.",
    "{t:.1f} °C; oxygen not below {o:.1f} mg/L.",
    "Temperature {t:.1f} °C, oxygen fine ({o:.1f} mg/L or more).",
)
_WATER_POOR = (
    "Oxygen low: down to {o:.1f} mg/L at {t:.1f} °C.",
    "Oxygen fell to {o:.1f} mg/L; water {t:.1f} °C.",
    "Low oxygen in the week ({o:.1f} mg/L), {t:.1f} °C.",
)
_LICE_LOW = (
    "Last lice count {f:.2f} adult females per fish.",
    "Lice under control: {f:.2f} adult females per fish.",
    "Lice at {f:.2f} adult females, below the limit.",
)
_LICE_HIGH = (
    "Lice count {f:.2f} adult females per fish, above the limit of {limit:.1f}; treatment to be planned.",
    "{f:.2f} adult female lice per fish: treatment is due.",
    "Adult females at {f:.2f}, over the limit of {limit:.1f}.",
)
_LOOK = {
    Stage.EGG_ALEVIN: (
        "Eggs clear and well eyed.",
        "Dead eggs picked; no fungus seen.",
        "Flow even over all trays.",
        "No white eggs left after picking.",
        "Eggs turned over once, shells firm.",
    ),
    Stage.FRY: (
        "Fry spread well over the tank.",
        "No flashing, fins whole.",
        "Fry take feed from the surface.",
        "Tank bottoms clean, hardly any waste feed.",
        "Gills of five fry under the microscope: clean.",
    ),
    Stage.PARR: (
        "Parr marks clear, fins in order.",
        "Even size; grading not needed yet.",
        "Skin scrapes of five fish without parasites.",
        "Gill covers normal, few short ones.",
        "Fish calm and evenly spread in the current.",
    ),
    Stage.SMOLT: (
        "Fish turning silver, dark fin edges showing.",
        "Good current, fish swim steadily against it.",
        "Scales loosening as smoltification goes on.",
        "Fins in good order, no wounds.",
        "Belly white, parr marks fading.",
    ),
    Stage.POST_SMOLT: (
        "Fish shoal well and go deep in the day.",
        "Few scale losses left from the transfer.",
        "Cleaner fish active, nets clean.",
        "Skin healed well after the transfer.",
        "A few slow feeders along the net.",
    ),
    Stage.ADULT: (
        "Fish in good condition, skin whole.",
        "Nets clean, divers found no holes.",
        "Gill score 0 to 1 on ten fish.",
        "No wounds seen at the surface.",
        "Dead fish opened: no sign of infection.",
        "Shoal deep and calm, coming up well at feeding.",
    ),
}
_ALEVINS = (
    "Alevins lie quiet on the substrate.",
    "Yolk sacs shrinking evenly.",
    "Hatching trays cleared of shells.",
    "Few deformed alevins.",
    "Alevins dark and lively when the lid is lifted.",
)
_FOLLOWED = (
    "{disease} still in {containers}: {behaviour}.",
    "{disease} ({containers}): {behaviour}, {finding} on post-mortem.",
    "Following {disease} in {containers}; {finding} in fresh dead fish.",
    "Where there is {disease} ({containers}) we see {behaviour}.",
)
_PLANS_CALM = (
    "No action needed.",
    "Go on as planned.",
    "Next round in a week.",
    "Keep to the feeding plan.",
    "Nothing to follow up.",
    "Agreed the week's plan with the crew.",
)
_PLANS_FOLLOWED = (
    "Sick fish taken out daily.",
    "Measures stay as they are.",
    "Handling kept to what is needed.",
    "To be followed week by week.",
    "Sampling of five fresh dead fish next time.",
    "Infected {noun}s still seen last.",
)
_PLANS_KNOWN = (
    "Dead fish to be taken out twice a day until it settles.",
    "To be watched over the coming days.",
    "No handling for a week.",
    "Expected to settle within the week.",
    "Feed built up again step by step.",
)
_PLANS_ALERT = (
    "Dead fish to be sorted by cause every day.",
    "Five fresh dead fish to be kept on ice for sampling.",
    "Handling postponed until the cause is known.",
    "Dead fish to be taken out twice a day.",
    "Feed rate lowered for some days.",
    "Crew to call if {worst} loses as much again tomorrow.",
)


def weekly_round(seen: Round, pen: Pen) -> str:
    """Return the text of a weekly round."""
    containers = plural(seen.containers, seen.noun)
    sentences = [pen.one(_STOCK).format(fish=seen.fish, weight=weight(seen.weight_g), containers=containers)]
    sentences += [_feeding(seen, pen)] if seen.feed_percent is not None else []
    sentences.append(
        pen.one(_WATER if seen.oxygen >= LOW_OXYGEN else _WATER_POOR).format(t=seen.temperature, o=seen.oxygen)
    )
    if seen.females is not None:
        sentences.append(
            pen.one(_LICE_LOW if seen.females <= seen.threshold else _LICE_HIGH).format(
                f=seen.females, limit=seen.threshold
            )
        )
    looks = _ALEVINS if seen.stage == Stage.EGG_ALEVIN and seen.hatched else _LOOK[seen.stage]
    if not seen.diagnosed:
        sentences += pen.some(looks, 2 if seen.strain < ALERT else 1)
    kept = [sentence for sentence in pen.shuffled(sentences) if pen.maybe(0.85, sentence)]
    calm, alert = (
        (_PLANS_FOLLOWED, _PLANS_KNOWN)
        if seen.diagnosed
        else (_PLANS_CALM, _PLANS_KNOWN if seen.reason else _PLANS_ALERT)
    )
    plan = pen.one(alert if seen.strain >= ALERT else calm).format(worst=seen.worst, noun=seen.noun)
    every = f"the {seen.noun}" if seen.containers == 1 else f"all {containers}"
    opening = pen.one(_OPENINGS).format(place=seen.place, containers=containers, every=every)
    return " ".join([opening, *_mortality(seen, pen), *_followed(seen, pen), *kept, plan])


ALERT, ACUTE = 2.5, 6.0
"""Multiples of the usual mortality from which a week's mortality is raised, and acute."""


def _mortality(seen: Round, pen: Pen) -> list[str]:
    raised, high = (
        (_MORTALITY_RAISED_ALONE, _MORTALITY_HIGH_ALONE)
        if seen.containers == 1
        else (_MORTALITY_RAISED, _MORTALITY_HIGH)
    )
    phrases = _MORTALITY_LOW if seen.strain < ALERT else raised if seen.strain < ACUTE else high
    said = pen.one(phrases).format(
        m=seen.mortality_percent,
        e=seen.expected_percent,
        days=seen.days,
        worst=seen.worst,
        w=seen.worst_percent,
        times=seen.strain,
    )
    return [said, pen.one(_PUT_DOWN_TO).format(reason=seen.reason)] if seen.strain >= ALERT and seen.reason else [said]


def _feeding(seen: Round, pen: Pen) -> str:
    if seen.fasted:
        return pen.one(_FASTED).format(containers=plural(seen.fasted, seen.noun))
    assert seen.feed_percent is not None
    poor = seen.feed_percent < LEAN_FEEDING * seen.last_feed_percent
    return pen.one(_APPETITE_POOR if poor else _APPETITE_GOOD).format(p=seen.feed_percent)


def _followed(seen: Round, pen: Pen) -> list[str]:
    return [
        pen.one(_FOLLOWED).format(
            disease=name,
            containers=plural(count, seen.noun),
            behaviour=pen.one(signs.behaviour),
            finding=pen.one(signs.findings),
        )
        for (name, count), signs in zip(seen.diagnosed, seen.signs, strict=True)
    ]


_SETTLED = (
    "Mortality back to normal at the round of {day}.",
    "Normal again on {day}.",
    "Losses fell to the usual by {day}.",
)
_EXPLAINED = ("Explained by {disease}, diagnosed on {day}.", "Cause found on {day}: {disease}.")
_CLOSED = ("Batch harvested or moved on; closed on {day}.", "Closed on {day} with the last fish.")
_YEAR_END = (
    "Closed in the review at the end of the year; watched daily.",
    "Taken over into the plan for the new year.",
)


def settled(day: str, pen: Pen) -> str:
    """Return the resolution of raised mortality that returned to normal."""
    return pen.one(_SETTLED).format(day=day)


def explained(disease: str, day: str, pen: Pen) -> str:
    """Return the resolution of raised mortality by a diagnosis."""
    return pen.one(_EXPLAINED).format(disease=disease, day=day)


def closed(day: str, pen: Pen) -> str:
    """Return the resolution of raised mortality by the end of the batch."""
    return pen.one(_CLOSED).format(day=day)


def year_end(pen: Pen) -> str:
    """Return the resolution of an issue that is open at the end of the year."""
    return pen.one(_YEAR_END)
