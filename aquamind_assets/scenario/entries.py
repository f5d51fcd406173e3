"""What goes wrong when people enter numbers by hand."""

from aquamind_assets.scenario.quantities import Probability, Section, quantity

REPORTS = "general knowledge: a wrong number is seen when the week is reported"


class EntrySpec(Section):
    """Numbers typed by hand; no mistakes, as in ``{}``, is the clean twin of the same seed."""

    mistyped_share: Probability = quantity(
        "share of entries (dead fish by cause, lice by type, the weights of a sample) with a number that is typed"
        " wrongly and corrected later",
        "1",
        "general knowledge: some in a thousand numbers typed once are wrong",
        default=0.0,
    )
    noticed_days: float = quantity(
        "mean time until a wrong number is noticed and corrected, at most two weeks",
        "day",
        REPORTS,
        default=4.0,
        ge=1,
        le=14,
    )
