"""Runs as Celery tasks, on any number of machines: what ``deploy/celery/dagster.yaml`` names as the run launcher.

Dagster's own launcher knows of a task what Celery's result store holds, and a task whose machine has died stays STARTED
there for ever (dagster#33493). This one looks at the run's signs of life as well, so that Dagster's run monitoring
reports such a run failed, and starts its retry.

Belongs here: where Dagster's launcher has to be corrected. Does not belong here: the signs (``signs_of_life``).
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

# Private names: custom launchers have no public ones (dagster#5652); ours can go when Dagster's notices a dead worker
# (dagster#33493).
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster._serdes import ConfigurableClassData
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG

from aquamind_assets.assets.dead_runs import judge_runs
from aquamind_assets.assets.signs_of_life import GRACE_S


class CeleryLauncher(CeleryRunLauncher):
    """Starts each run as a task of Celery.

    Attributes:
        grace_s: a run counts as dead so many seconds after its last sign of life.
    """

    def __init__(self, grace_s: float = GRACE_S, **config: Any) -> None:
        super().__init__(**config)
        self.grace_s = grace_s

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """See :class:`CeleryRunLauncher`."""
        described = "Seconds without a sign of life after which a run counts as dead."
        own = {"grace_s": dg.Field(dg.Noneable(float), is_required=False, description=described)}
        return {**super().config_type(), **own}  # type: ignore[dict-item]

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]) -> "CeleryLauncher":
        """Make the launcher of a configuration."""
        given = {name: value for name, value in config_value.items() if value is not None}
        return cls(inst_data=inst_data, **given)

    def terminate(self, run_id: str) -> bool:
        """Ask a run to end. It is marked as being canceled first: else its end would count as a crash, and be
        retried."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished or DAGSTER_CELERY_TASK_ID_TAG not in run.tags:
            return False
        self._instance.report_run_canceling(run)
        return super().terminate(run_id)

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether a run's worker is well: what Celery says of a task that has failed, else the run's signs of life."""
        known = (
            super().check_run_worker_health(run)
            if DAGSTER_CELERY_TASK_ID_TAG in run.tags
            else CheckRunHealthResult(WorkerStatus.UNKNOWN)
        )
        if known.status == WorkerStatus.FAILED:
            return known
        record = self._instance.get_run_record_by_id(run.run_id)
        if record is None:
            return known
        (liveness,) = judge_runs(self._instance, [record], grace_s=self.grace_s)
        return CheckRunHealthResult(
            WorkerStatus.RUNNING if liveness.alive else WorkerStatus.FAILED,
            f"{liveness.reason[0].upper()}{liveness.reason[1:]}. Committed chunks stay; a retry resumes from them.",
        )
