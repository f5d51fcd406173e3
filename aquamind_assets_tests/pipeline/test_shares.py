"""Who writes which asset: nothing before what it refers to is complete, and never against its step."""

from multiprocessing import get_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aquamind_assets.pipeline.shares import STEPS_AHEAD, Shares

NAMES = [f"asset {number}" for number in range(12)]


@st.composite
def needs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Assets in an order of their steps, each with some of those before it."""
    return {
        name: tuple(draw(st.lists(st.sampled_from(NAMES[:number]), unique=True, max_size=3))) if number else ()
        for number, name in enumerate(NAMES)
    }


def among(needs: dict[str, tuple[str, ...]]) -> Shares:
    return Shares.among(get_context("forkserver"), needs)


@given(needs(), st.lists(st.booleans(), min_size=60, max_size=60), st.sets(st.sampled_from(NAMES)))
def test_each_asset_is_written_once_and_after_what_it_refers_to(
    needs: dict[str, tuple[str, ...]], beside_next: list[bool], allowed: set[str]
) -> None:
    """Steps run in order; between them the other process takes what it may, and leaves it when its step wants it."""
    shares, steps, complete, taken = among(needs), list(NAMES), set[str](), list[str]()
    under_way: str | None = None
    for takes in beside_next:
        if takes and under_way is None:
            left = [one for one in steps[STEPS_AHEAD:] if one in allowed and one not in taken]
            ready = [one for one in left if complete.issuperset(needs[one])]
            if ready or not left:
                under_way = shares.take_beside(allowed.__contains__)
                assert under_way == (ready[-1] if ready else None)
                taken += [under_way] if under_way else []
        elif under_way is not None and shares.wanted(under_way):
            shares.leave(under_way)
            under_way = None
        elif steps and steps[0] != under_way:
            step = steps.pop(0)
            assert shares.take_for_step(step, lambda: True) == (step in taken)
            shares.complete(step)
            complete.add(step)
        elif under_way is not None:
            shares.leave(under_way)
            under_way = None
    assert len(taken) == len(set(taken))


@pytest.mark.parametrize("alive", [True, False])
def test_a_step_waits_for_the_chunk_under_way_as_long_as_its_process_lives(alive: bool) -> None:
    shares = among(dict.fromkeys(NAMES, ()))
    asset = shares.take_beside(lambda name: True)
    assert asset == NAMES[-1]
    looked = 0

    def lives() -> bool:
        nonlocal looked
        looked += 1
        if looked == 3:
            assert shares.wanted(asset)
            shares.leave(asset)
        return alive

    assert shares.take_for_step(asset, lives)
    assert looked == (3 if alive else 1)
    assert not shares.take_for_step("not of the year", lives)
