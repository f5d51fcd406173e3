"""The laws on the ledger, judged together."""

from aquamind_assets.laws.feed_in_ledger import judge_silo_feed_balance
from aquamind_assets.laws.fish_in_ledger import judge_daily_fish_balance
from aquamind_assets.laws.medicine import judge_treatment_rules_in_ledger
from aquamind_assets.laws.result import LawResult
from aquamind_assets.laws.space import judge_space_limits
from aquamind_assets.ledger.model import Ledger
from aquamind_assets_tests.farm.simulated import History


def results_of(past: History, ledger: Ledger, before: Ledger | None) -> dict[str, LawResult]:
    """What each law finds in a year's ledger, with the ledger of the year before; None for the first year."""
    return {
        "fish": judge_daily_fish_balance(ledger, before),
        "feed": judge_silo_feed_balance(ledger, before),
        "space": judge_space_limits(ledger, past.scenario, past.infrastructure, before),
        "medicine": judge_treatment_rules_in_ledger(ledger, past.scenario, before),
    }
