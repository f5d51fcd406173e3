"""Sentences of the fish health journal about events: diagnoses, treatments, moves, accidents, samplings.

Belongs here: phrases and the sentences made of them. Does not belong here: the weekly round (``grammar``), which
entries there are (``events``).
"""

from collections.abc import Sequence

from aquamind_assets.ledger.codes import EventKind, Outcome, Stage
from aquamind_assets.records.health.journal.grammar import Pen, weight
from aquamind_assets.scenario.health import DiseaseSpec
from aquamind_assets.scenario.signs import Signs

_DIAGNOSED = (
    "{disease} in {container}, confirmed by PCR.",
    "Laboratory confirms {agent} in {container}: {disease}.",
    "Diagnosis for {container}: {disease} ({agent}).",
    "{container}: PCR positive for {agent}, with the picture of {disease}.",
)
_SEEN_BEFORE = (
    "For some days {behaviour}.",
    "Clinical picture: {behaviour}.",
    "The crew had reported {behaviour}.",
    "Seen from the edge: {behaviour}.",
)
_FOUND = (
    "On post-mortem {findings}.",
    "Fresh dead fish showed {findings}.",
    "Opened ten fish: {findings}.",
    "Post-mortem: {findings}.",
)
_NOTIFIED = (
    "The authority was notified today; movements from the site are stopped.",
    "Reported to the authority as required. No fish leave the site.",
    "Notifiable: report sent today, visits restricted.",
)
_MEASURES = (
    "Equipment of this {noun} kept apart, boots and nets disinfected.",
    "Visiting order changed so that {container} is seen last.",
    "Dead fish collected every day and ensiled apart.",
    "Density and handling kept down until further notice.",
    "Neighbouring {noun}s to be sampled within the week.",
)
_OVER = (
    "No clinical signs of {disease} in {container} since {day}.",
    "{disease} in {container} over: mortality back to normal by {day}.",
    "Signs of {disease} gone from {container} on {day}.",
    "{container} free of clinical signs of {disease} from {day} on.",
)
_TREATED = ("Treated from {day} on.", "Treatment had begun on {day}.", "Treatment was given from {day}.")
_EMPTIED = (
    "{container} was emptied on order of the authority.",
    "Depopulated on order; {container} cleaned and disinfected.",
)


def diagnosis(disease: DiseaseSpec, signs: Signs, container: str, short: str, noun: str, pen: Pen) -> str:
    """Return the text of the entry on the day of a diagnosis. ``container`` is the full name of the container,
    ``short`` its name within its place."""
    sentences = [
        pen.one(_DIAGNOSED).format(disease=disease.name, agent=signs.agent, container=container),
        pen.one(_SEEN_BEFORE).format(behaviour=" and ".join(pen.some(signs.behaviour, 2))),
        pen.one(_FOUND).format(findings=", ".join(pen.some(signs.findings, 2))),
    ]
    if disease.reportable:
        sentences.append(pen.one(_NOTIFIED))
    sentences += [sentence.format(noun=noun, container=short) for sentence in pen.some(_MEASURES, 2)]
    return " ".join(sentences)


def recovery(disease: str, container: str, ended: str, treated: str | None, depopulated: bool, pen: Pen) -> str:
    """Return the text about the end of an outbreak in a container; ``ended`` and ``treated`` are dates as text."""
    if depopulated:
        return pen.one(_EMPTIED).format(container=container)
    text = pen.one(_OVER).format(disease=disease, container=container, day=ended)
    return f"{text} {pen.one(_TREATED).format(day=treated)}" if treated else text


_CONDUCT = {
    "lice": (
        "Fish crowded gently and watched throughout.",
        "Crowding kept short; oxygen followed in the crowd.",
        "Fish fasted beforehand, no gasping seen.",
        "Wellboat in place from the morning, fish calm on return.",
        "Gills and eyes checked on twenty fish afterwards.",
        "Lice collected in the filter and destroyed.",
    ),
    "care": (
        "Feeding cut back, lights and noise kept down.",
        "Only the crew of this site on the platform.",
        "Dead fish taken out twice a day meanwhile.",
        "Effect to be judged on mortality and appetite.",
        "No crowding, no net work until further notice.",
    ),
    "disease": (
        "Dose reckoned from the latest weighing.",
        "Crew instructed, dates noted on the board.",
        "Neighbours watched for the same signs.",
        "Effect to be judged on mortality and appetite.",
        "Oxygen followed throughout.",
    ),
    "vaccination": (
        "Fish anaesthetised, sorted and injected by the team.",
        "Needles changed as planned, injection site checked on samples.",
        "Fish awake and swimming within minutes.",
        "Side effects to be scored in six weeks.",
        "Fish below size sorted out beforehand.",
    ),
}
_RESULTS = {
    Outcome.SUCCESSFUL: ("Good effect.", "Worked as intended.", "Clear improvement.", "Aim reached."),
    Outcome.PARTIAL: ("Some effect only.", "Partial effect, to be watched.", "Less effect than hoped for."),
    Outcome.UNSUCCESSFUL: ("No lasting effect.", "Did not help.", "Without effect; other means to be considered."),
}

_FAILED_VACCINATION = (
    "Vaccine found outside the abdomen in most of the fish sampled, little protection to be expected.",
    "Injection too shallow in most of the fish looked at. Fish count as unprotected.",
    "Cold chain was broken, the vaccine has lost its effect. Fish count as unprotected.",
)


def treatment(description: str, kind: str, pen: Pen) -> str:
    """Return the text of the entry about a treatment; ``kind`` is ``lice``, ``disease`` (a medicine), ``care`` or
    ``vaccination``."""
    return " ".join([description, *pen.some(_CONDUCT[kind], 2)])


def treatment_result(outcome: Outcome, kind: str, efficacy: float, lost: int, pen: Pen) -> str:
    """Return the text about the outcome of a treatment; only for known outcomes."""
    failed = kind == "vaccination" and outcome == Outcome.UNSUCCESSFUL
    text = pen.one(_FAILED_VACCINATION if failed else _RESULTS[outcome])
    if kind == "lice":
        text += f" About {100 * efficacy:.0f} % of the mobile lice removed."
    if lost:
        text += f" {lost:,} fish lost to the handling."
    return text


_MOVED = {
    Stage.FRY: (
        "First feeding begins: alevins moved to {place}.",
        "Yolk sacs used up; first fish to {place} for start feeding.",
    ),
    Stage.PARR: ("Parr moved to larger tanks, {place}.", "Move to {place} as parr begun."),
    Stage.SMOLT: ("Moved to {place} for smoltification.", "Move to {place}; light regime started."),
    Stage.POST_SMOLT: (
        "Sea transfer to {place} begun.",
        "First smolts delivered to {place}.",
        "Smolt transfer: first cages at {place} stocked.",
    ),
    Stage.ADULT: ("Now grow-out at {place}.", "Batch has reached grow-out size, {place}."),
}
_MOVED_NOTES = (
    "Fish fasted beforehand.",
    "Fish calm on arrival.",
    "Few fish lost on the way.",
    "Counted by the counter on the pump.",
    "Containers cleaned and disinfected before use.",
    "Oxygen followed on the way.",
    "Documents and movement form filled in.",
)

_GROWN_NOTES = (
    "Cage nets inspected.",
    "Feed changed over a week.",
    "Size spread as expected.",
    "Next weighing brought forward.",
    "Lice plan for the season gone through.",
)
"""Fish stay in their cages when they become adult."""


def moved(stage: Stage, place: str, grams: float, pen: Pen) -> str:
    """Return the text of the entry on the day on which a batch enters a stage."""
    notes = _GROWN_NOTES if stage == Stage.ADULT else _MOVED_NOTES
    return " ".join([pen.one(_MOVED[stage]).format(place=place), f"Mean weight {weight(grams)}.", *pen.some(notes, 2)])


_MIXED = (
    "Mixed batch put together in {container}: {parts}.",
    "Last fish of two batches pumped together in {container}: {parts}.",
    "New mixed batch in {container}: {parts}.",
)
_MIXED_NOTES = (
    "Origin of a single fish cannot be told from now on.",
    "Both groups checked for lice and gills before pumping.",
    "Fish fasted beforehand, calm on arrival.",
    "Well boat disinfected between the two loads.",
    "Wide spread of sizes, to be seen at the next weighing.",
)


def mixed(container: str, sources: Sequence[str], fish: Sequence[int], grams: Sequence[float], pen: Pen) -> str:
    """Return the text of the entry on the day on which a mixed batch is created; the sequences hold its sources."""
    parts = " and ".join(
        f"{count:,} fish of {source} ({weight(one)})" for source, count, one in zip(sources, fish, grams, strict=True)
    )
    return " ".join([pen.one(_MIXED).format(container=container, parts=parts), *pen.some(_MIXED_NOTES, 2)])


_STRUCK = {
    EventKind.STORM: (
        "Storm over the night; nets and moorings strained at {container}.",
        "Heavy seas at {container}, fish thrown against the net.",
    ),
    EventKind.PREDATOR_ATTACK: (
        "Seal at {container}; bitten fish in the dead net.",
        "Predators got at {container}, many fish with bite wounds.",
    ),
    EventKind.ALGAL_BLOOM: (
        "Harmful algae in the water at {container}, fish gasping.",
        "Algal bloom: gills irritated, fish deep in {container}.",
    ),
    EventKind.OXYGEN_DROP: ("Oxygen dropped in {container} during the night.", "Sudden lack of oxygen in {container}."),
    EventKind.ESCAPE: (
        "Hole found in the net of {container}; fish have escaped.",
        "Escape from {container} discovered by the divers.",
    ),
    EventKind.EQUIPMENT_FAILURE: ("Pump failure at {container}.", "Aeration of {container} stopped for some hours."),
}
_STRUCK_CLOSED = {
    EventKind.STORM: ("Nets inspected and mended, moorings tightened.", "Divers went over the net: no holes."),
    EventKind.PREDATOR_ATTACK: ("Seal net put up.", "Net tensioned, scarer moved."),
    EventKind.ALGAL_BLOOM: ("Bloom over, cell counts low again.", "Fed lightly until the water cleared."),
    EventKind.OXYGEN_DROP: ("Oxygenation checked, alarm limit raised.", "Extra oxygen put in; levels steady since."),
    EventKind.ESCAPE: (
        "Net mended, escape reported, recapture nets set.",
        "Hole closed; authority informed the same day.",
    ),
    EventKind.EQUIPMENT_FAILURE: ("Part replaced, spare on site.", "Repaired; alarm tested."),
}


def struck(kind: EventKind, container: str, lost: int, pen: Pen) -> str:
    """Return the text of the entry about an acute event."""
    loss = f"About {lost:,} fish lost." if kind != EventKind.ESCAPE else f"About {lost:,} fish missing."
    return f"{pen.one(_STRUCK[kind]).format(container=container)} {loss}"


def struck_closed(kind: EventKind, pen: Pen) -> str:
    """Return the resolution of an acute event."""
    return pen.one(_STRUCK_CLOSED[kind])


_SPIKES = (
    "Sudden deaths in {container}: {dead:,} fish today ({share:.2f} %).",
    "{container} lost {dead:,} fish in a day ({share:.2f} %), cause not clear.",
    "Mortality spike in {container}, {dead:,} dead ({share:.2f} % of the stock).",
)
_SPIKE_STEPS = (
    "Oxygen and pumps checked at once.",
    "Ten fresh dead fish opened.",
    "Neighbouring containers normal.",
    "Feed stopped for the day.",
    "Water samples taken.",
)
_SPIKES_CLOSED = (
    "Losses fell again within days; no agent found.",
    "Back to the usual level, cause not found.",
    "No further losses of that kind.",
    "Settled by itself.",
)


def spike(container: str, dead: int, share: float, pen: Pen) -> str:
    """Return the text of the entry about a day of unexplained deaths; ``share`` in percent."""
    return " ".join([pen.one(_SPIKES).format(container=container, dead=dead, share=share), *pen.some(_SPIKE_STEPS, 2)])


def spike_closed(pen: Pen) -> str:
    """Return the resolution of a day of unexplained deaths."""
    return pen.one(_SPIKES_CLOSED)


_SAMPLED = (
    "Monthly health sampling in {containers}: {fish} fish weighed, measured and scored.",
    "{fish} fish sampled from {containers}; scores entered.",
    "Health scoring of {fish} fish from {containers}.",
    "Sampled {fish} fish from {containers} for weight, length and welfare scores.",
)
_MEASURED = (
    "Mean weight {weight}, condition factor {condition:.2f}.",
    "They weighed {weight} on average, K {condition:.2f}.",
    "K {condition:.2f} at {weight}.",
)
_NO_CONCERNS = ("Nothing remarkable.", "Scores as they should be.", "No welfare concern.", "Fish in good order.")
_CONCERNS = (
    "Scores for {concern} worse than they should be.",
    "Look at {concern} again next month.",
    "Several fish with high scores for {concern}.",
)
_SAMPLED_NOTES = (
    "Fish anaesthetised and returned.",
    "All fish recovered well.",
    "Gills photographed for comparison.",
    "Same crew as last month.",
    "Stomachs of dead fish looked at as well.",
    "Scores agreed between two people.",
)


def sampled(names: Sequence[str], fish: int, grams: float, condition: float, concern: str | None, pen: Pen) -> str:
    """Return the text of the entry about a health sampling.

    Args:
        names: containers sampled.
        fish: fish sampled.
        grams: their mean weight.
        condition: their mean condition factor.
        concern: the health parameter with the worst scores, if they are bad.
        pen: chooses the phrases.
    """
    containers = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    sentences = [
        pen.one(_SAMPLED).format(containers=containers, fish=fish),
        pen.one(_MEASURED).format(weight=weight(grams), condition=condition),
        pen.one(_CONCERNS).format(concern=concern.lower()) if concern else pen.one(_NO_CONCERNS),
    ]
    note = pen.one(_SAMPLED_NOTES)
    return " ".join(sentences + ([note] if pen.maybe(0.5, note) else []))
