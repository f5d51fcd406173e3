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


SPARE = NAMES[-1]


def among(needs: dict[str, tuple[str, ...]]) -> Shares:
    return Shares.among(get_context("forkserver"), needs, SPARE)


@given(
    needs(),
    st.lists(st.sampled_from(["take", "step", "stop"]), min_size=60, max_size=60),
    st.sets(st.sampled_from(NAMES)),
)
def test_each_asset_is_written_once_and_after_what_it_refers_to(
    needs: dict[str, tuple[str, ...]], events: list[str], allowed: set[str]
) -> None:
    """Steps run in order; between them the other process takes what it may, and leaves it when its step wants it. The
    spare asset is taken when nothing else can be, and as often as it was paused."""
    shares, steps, complete, taken = among(needs), list(NAMES), set[str](), list[str]()
    under_way: str | None = None
    for event in events:
        left = [one for one in steps[STEPS_AHEAD:] if one in allowed and one not in taken]
        may = [one for one in left if complete.issuperset(needs[one])]
        ready = [one for one in may if one != SPARE]
        paused = SPARE in taken and under_way != SPARE and SPARE in steps
        if event == "take" and under_way is None:
            assert shares.is_over(allowed.__contains__) == (not left and not paused)
            assert shares.ready(allowed.__contains__) == (ready[-1] if ready else None)
            under_way = shares.take(allowed.__contains__) or shares.take_spare(allowed.__contains__)
            assert under_way == (ready[-1] if ready else SPARE if SPARE in may or paused else None)
            taken += [under_way] if under_way and not (under_way == SPARE and paused) else []
        elif event == "stop" and under_way is not None:
            (shares.pause if under_way == SPARE else shares.leave)(under_way)
            under_way = None
        elif event == "step" and steps and steps[0] != under_way:
            step = steps.pop(0)
            assert shares.take_for_step(step, lambda: True) == (step in taken)
            shares.complete(step)
            complete.add(step)
    assert len(taken) == len(set(taken))


def test_a_finished_spare_asset_is_not_taken_again() -> None:
    shares = among(dict.fromkeys(NAMES, ()))
    assert shares.take_spare(SPARE.__eq__) == SPARE
    shares.leave(SPARE)
    assert shares.take_spare(SPARE.__eq__) is None
    assert shares.is_over(SPARE.__eq__)


def test_nothing_is_written_beside_once_no_step_will_come() -> None:
    shares = among(dict.fromkeys(NAMES, ()))
    assert shares.take(lambda name: True) == NAMES[-2]
    shares.complete(NAMES[0])
    shares.close()
    assert shares.wanted(NAMES[-2])
    assert shares.is_over(lambda name: True)
    assert shares.take(lambda name: True) is shares.take_spare(lambda name: True) is None


@pytest.mark.parametrize("alive", [True, False])
def test_a_step_waits_for_the_chunk_under_way_as_long_as_its_process_lives(alive: bool) -> None:
    shares = among(dict.fromkeys(NAMES, ()))
    asset = shares.take(lambda name: True)
    assert asset == NAMES[-2]
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
