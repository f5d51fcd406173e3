"""The history tables of release 2026-03, by the asset that writes them.

An asset writes the versions of its rows beside them. AquaMind keeps no history of readings, weather, daily states,
projections, sample types, vaccines and reasons of death.
"""

from collections.abc import Mapping

HISTORIES: Mapping[str, tuple[str, ...]] = {
    "reference_data": (
        "finance_core_historicalaccountgroup",
        "finance_core_historicalaccount",
        "broodstock_historicaleggsupplier",
        "auth_historicaluser",
        "users_historicaluserprofile",
        "batch_historicallifecyclestage",
        "batch_historicalspecies",
        "environmental_historicalenvironmentalparameter",
        "inventory_historicalfeed",
        "health_historicalhealthparameter",
        "health_historicallicetype",
        "health_historicalparameterscoredefinition",
        "harvest_historicalproductgrade",
    ),
    "egg_origins": (
        "broodstock_historicalbreedingplan",
        "broodstock_historicalbroodstockfish",
        "broodstock_historicalbreedingpair",
        "broodstock_historicaleggproduction",
        "broodstock_historicalexternaleggbatch",
        "broodstock_historicalbatchparentage",
    ),
    "creation_workflows": ("batch_historicalbatchcreationworkflow", "batch_historicalcreationaction"),
    "infrastructure": (
        "infrastructure_historicalareagroup",
        "infrastructure_historicalgeography",
        "infrastructure_historicalcontainertype",
        "infrastructure_historicalarea",
        "infrastructure_historicalfreshwaterstation",
        "infrastructure_historicalhall",
        "infrastructure_historicalfeedcontainer",
    ),
    "sensors": ("infrastructure_historicalsensor",),
    "batches": (
        "batch_historicalbatchcomposition",
        "batch_historicalbatchcontainerassignment",
    ),
    "feed_purchases": ("inventory_historicalfeedpurchase",),
    "feed_stock": ("inventory_historicalfeedcontainerstock",),
    "lab_samples": ("health_historicalhealthlabsample",),
    "journal": ("health_historicaljournalentry",),
    "treatments": ("health_historicaltreatment",),
    "plans": ("planning_historicalplannedactivity",),
    "intercompany": ("finance_historicalintercompanytransaction",),
    "companies": (
        "finance_historicalintercompanypolicy",
        "finance_core_historicalcostcenter",
        "finance_core_historicalcostcenterbatchlink",
    ),
    "weather": ("environmental_historicalphotoperioddata",),
    "transfers": (
        "batch_historicalbatchtransferworkflow",
        "batch_historicaltransferaction",
        "environmental_historicalstagetransitionenvironmental",
        "batch_historicalbatchmixevent",
        "batch_historicalbatchmixeventcomponent",
    ),
    "harvest_facts": ("finance_historicalfactharvest",),
    "harvests": (
        "harvest_historicalharvestevent",
        "harvest_historicalharvestlot",
        "harvest_historicalharvestwaste",
    ),
    "growth_samples": ("batch_historicalgrowthsample", "batch_historicalindividualgrowthobservation"),
    "mortality": ("batch_historicalmortalityevent", "health_historicalmortalityrecord"),
    "lice_counts": ("health_historicallicecount",),
    "health_samplings": (
        "health_historicalhealthsamplingevent",
        "health_historicalindividualfishobservation",
        "health_historicalfishparameterscore",
    ),
    "feeding_events": ("inventory_historicalfeedingevent",),
    "feeding_summaries": (
        "inventory_historicalcontainerfeedingsummary",
        "inventory_historicalbatchfeedingsummary",
    ),
}
"""History tables by the asset that writes the rows whose versions they hold."""
