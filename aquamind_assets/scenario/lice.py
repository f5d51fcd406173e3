"""Sea lice: counts, rates, harm to the fish, and treatments against them."""

from typing import Annotated

from pydantic import Field

from aquamind_assets.scenario.quantities import Probability, Range, Section, quantity, within


class LiceHarmSpec(Section):
    """What lice do to the fish they sit on."""

    lethal_load: float = quantity(
        "mobile lice for each gram of fish at which half of smolts die",
        "lice/g",
        "Ives et al. 2023: .24; Taranger et al. 2015: .2-.3",
        gt=0,
        le=10,
    )
    steepness: float = quantity(
        "Hill exponent of dying by load",
        "1",
        "Taranger et al. 2015: a fifth dies at .1-.2, half at .2-.3, all above .3",
        ge=1,
        le=10,
    )
    lethal_days: float = quantity("days in which these fish die", "day", "general knowledge", gt=0, le=365)
    reference_weight_g: float = quantity(
        "weight of a smolt for which the loads hold", "g", "general knowledge", gt=0, le=1000
    )
    size_exponent: float = quantity(
        "loads that fish bear fall with their weight to this power",
        "1",
        "lice wound the skin; above 150 g half die at .05-.10 (Taranger 2015)",
        ge=0,
        le=1,
    )
    growth_loss: Probability = quantity(
        "greatest share of growth, and of the feed for it, that lice cost", "1", "general knowledge"
    )
    growth_load: float = quantity(
        "load that costs half of that",
        "lice/g",
        "calibrated on Abolofia et al. 2017: 3.6-16.6 % of growth lost in spite of treatments",
        gt=0,
        le=10,
    )
    usual_loss: float = quantity(
        "growth lost to lice on a treated farm, which TGC as published contain", "1", "measured on the farm", ge=0, lt=1
    )


class DelousingSpec(Section):
    """How a farm decides to be deloused. `farm_mean` 0 and many boats that treat many cages a day: every cage for
    itself."""

    farm_mean: float = quantity(
        "expected adult females per fish, mean of the farm's cages, from which on its cages above the threshold are"
        " deloused; share of the threshold",
        "1",
        "calibrated: 29-33 % of a farm's cages in a treatment week",
        ge=0,
        le=10,
    )
    alone: float = quantity(
        "a cage from this many thresholds on is deloused though its farm is not", "1", "calibrated", ge=1, le=100
    )
    cages_per_day: int = quantity("cages that a boat treats in a day", "cages", "general knowledge", ge=1, le=100)


class LiceSpec(Section):
    """Sea lice (Hamre 2019, Stien 2005; rates as named there)."""

    threshold: float = quantity(
        "adult females per fish of the last count above which a container is treated", "per fish", gt=0, le=10
    )
    min_days_between_treatments: int = quantity(
        "days from one lice treatment of a container to the next", "day", ge=1, le=365
    )
    count_interval_days: int = quantity(
        "days between counts; from two weeks on, the halves of a farm's cages have their turns in different weeks",
        "day",
        "public records are weekly; the specification has 14",
        ge=1,
        le=60,
    )
    missed_counts: Probability = quantity(
        "share of a farm's counts that are missed for want of people or boats, beside those missed for rough or cold"
        " water and for starving fish; 0: no count is missed for whatever reason",
        "1",
        "calibrated: farm-weeks without counts, a fifth",
        default=0.0,
    )
    fish_per_count: int = quantity("fish looked at in a count", "fish", ge=1, le=200)
    catch_sd: float = quantity(
        "sd of the log of the lice on fish that are caught for a count, relative to all fish of the cage; most of it"
        " common to a farm's cages on a day",
        "1",
        "calibrated: correlation of counts at 1 week",
        default=0.0,
        ge=0,
        le=2,
    )
    chalimus_seen: Annotated[Range, within(0, 1)] = quantity(
        "probability that an attached louse is seen", "1", "suggested form"
    )
    chalimus_mortality: float = quantity("daily mortality of attached lice", "1/day", "Stien 2005", ge=0, le=1)
    preadult_mortality: float = quantity("daily mortality of pre-adults", "1/day", "Stien 2005", ge=0, le=1)
    adult_mortality: float = quantity("daily mortality of adults", "1/day", "Stien 2005", ge=0, le=1)
    external_pressure: float = quantity(
        "median outside infection of a fish of 1 kg at 9 degC",
        "lice per fish and day",
        "calibrated: published adult females",
        ge=0,
        le=10,
    )
    external_most: float = quantity(
        "highest outside infection of such a fish, which the worst weeks come near to",
        "lice per fish and day",
        "general knowledge",
        gt=0,
        le=100,
    )
    external_sd: float = quantity(
        "sd of the log of the outside pressure, AR1, shared in an area", "1", "calibrated", ge=0, le=5
    )
    external_rho: float = quantity(
        "week-to-week correlation of the log outside pressure", "1", "calibrated", ge=0, lt=1
    )
    site_sd: float = quantity(
        "sd between areas of the logit of what reaches them of the outside pressure: some sites are quiet for good",
        "1",
        "calibrated: farm-months without adult females",
        default=0.0,
        ge=0,
        le=10,
    )
    outside_season: float = quantity(
        "seasonal swing of the log outside pressure",
        "1",
        "general knowledge: counts are highest May to September",
        ge=0,
        le=3,
    )
    outside_peak_day: float = quantity(
        "day of the year with the highest outside pressure", "day", "general knowledge", ge=1, le=366
    )
    outside_resistance: Probability = quantity(
        "share of resistant lice among those that come from outside", "1", "general knowledge"
    )
    eggs_per_clutch: float = quantity(
        "eggs in the pair of strings of an adult female", "eggs", "Stien 2005", gt=0, le=2000
    )
    larva_loss: float = quantity(
        "daily loss of larvae adrift, by death and by current", "1/day", "Stien 2005: deaths .17", gt=0, le=1
    )
    internal_share: float = quantity(
        "settling lice for each copepodid hatched in the area", "1", "calibrated", ge=0, le=1
    )
    connectivity: dict[str, dict[str, Probability]] = quantity(
        "share of the larvae hatched at a site that the current takes to another one, by the names of `sites`: from,"
        " then to; empty: larvae stay in their area",
        "1",
        "the farm's own, such as a hydrodynamic model",
        default={},
    )
    treatments: dict[str, Annotated[float, Field(ge=0, le=1000)]] = quantity(
        "relative use of each treatment against lice; empty: lice are never treated"
    )
    delousing: DelousingSpec = Field(description="campaigns against lice")
    harm: LiceHarmSpec = Field(description="harm to the fish")
    resistance_gain: float = quantity(
        "share of the surviving lice that a chemical treatment adds to the resistant ones",
        "1",
        "general knowledge",
        ge=0,
        le=1,
    )
