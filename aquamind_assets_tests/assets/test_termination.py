"""A run that is to end: at the next chunk border, once, as what it is."""

import os
import signal
from collections.abc import Callable

import dagster as dg
import pytest

from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets_tests.assets.conftest import Workshop
from aquamind_assets_tests.slow_cases import slow_after
from aquamind_assets_tests.stopping import StopsAfter


class Signalled(Progress):
    """Sends this process a signal at every chunk from the third one on, as Dagster does to the worker of a run."""

    def __init__(self, number: signal.Signals, meanwhile: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.number, self.meanwhile, self.chunks = number, meanwhile, 0

    def chunk_written(self, asset: str, year: int, rows: int) -> None:
        self.chunks += 1
        if self.chunks == 3:
            self.meanwhile()
            os.kill(os.getpid(), self.number)


@pytest.mark.parametrize("number", slow_after(1, [signal.SIGINT, signal.SIGTERM]))
@pytest.mark.parametrize("canceling", [True, False])
def test_a_signal_ends_the_run_at_the_chunk_border(
    made: Workshop, fresh: Callable[..., Platform], number: signal.Signals, canceling: bool
) -> None:
    def cancel() -> None:
        under_way = made.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
        made.instance.report_run_canceling(under_way[0])

    platform = fresh()
    for assets in (["reference_data", "infrastructure"], ["batches"]):
        assert made.run(platform, [2015], assets)[0].success
    platform.progress = Signalled(number, cancel if canceling else lambda: None)
    before = signal.getsignal(number)
    runs = made.run(platform, [2015, 2016], ["mortality", "growth_samples"])
    assert signal.getsignal(number) == before
    assert [(run.year, run.success, run.interrupted) for run in runs] == [(2015, False, True)]
    assert "interrupted in " in runs[0].failures[0]
    ended = made.instance.get_run_by_id(runs[0].run_id)
    assert ended is not None
    assert ended.status == (dg.DagsterRunStatus.CANCELED if canceling else dg.DagsterRunStatus.FAILURE)
    events = made.instance.all_logs(runs[0].run_id)
    kinds = [entry.dagster_event.event_type for entry in events if entry.dagster_event]
    assert kinds.count(dg.DagsterEventType.STEP_START) == 1, "the other asset is left alone"
    assert dg.DagsterEventType.STEP_UP_FOR_RETRY not in kinds
    with platform.open() as warehouse:
        assert len(warehouse.checkpoints("mortality")) + len(warehouse.checkpoints("growth_samples")) == 3
        assert warehouse.recount() == warehouse.manifest()
    platform.progress = Progress()
    assert made.run(platform, [2015], ["mortality", "growth_samples"])[0].success


def test_what_the_commands_user_interrupts_is_canceled(made: Workshop, fresh: Callable[..., Platform]) -> None:
    platform = fresh()
    platform.progress = StopsAfter(2)
    run = made.run(platform, [2015])[0]
    assert run.interrupted
    ended = made.instance.get_run_by_id(run.run_id)
    assert ended is not None
    assert ended.status == dg.DagsterRunStatus.CANCELED
