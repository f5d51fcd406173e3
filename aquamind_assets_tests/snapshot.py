"""What Dagster shows of every asset, as text: ``python -m aquamind_assets_tests.snapshot`` writes the file anew."""

import json
from pathlib import Path
from typing import Any

from aquamind_assets.assets.resource import PlatformResource
from aquamind_assets.definitions import build_defs
from aquamind_assets.settings import Settings

FILE = Path(__file__).with_name("specs.json")


def snapshot() -> str:
    """What is decided about each asset (its group, kinds, owners, tags, edges, checks, metadata) and all jobs."""
    defs = build_defs(Settings(scenario="tiny", release="2025-08"))
    checks: dict[str, list[str]] = {}
    for key in defs.resolve_asset_graph().asset_check_keys:
        checks.setdefault(key.asset_key.to_user_string(), []).append(key.name)
    assets: dict[str, Any] = {
        spec.key.to_user_string(): {
            "description": (spec.description or "").splitlines()[0],
            "group": spec.group_name,
            "kinds": sorted(spec.kinds),
            "owners": list(spec.owners),
            "tags": {name: value for name, value in sorted(spec.tags.items()) if not name.startswith("dagster/kind/")},
            "upstream": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
            "checks": sorted(checks.get(spec.key.to_user_string(), [])),
            "metadata": sorted(key for key in spec.metadata if key != "dagster/code_references"),
            "partitions": type(spec.partitions_def).__name__ if spec.partitions_def else None,
            "freshness": type(spec.freshness_policy).__name__ if spec.freshness_policy else None,
            "code": sorted(
                link.label for link in getattr(spec.metadata.get("dagster/code_references"), "code_references", [])
            ),
        }
        for spec in sorted(defs.resolve_all_asset_specs(), key=lambda spec: spec.key)
    }
    repository = defs.get_repository_def()
    document = {
        "assets": assets,
        "jobs": {
            job.name: {"description": job.description, "tags": dict(job.tags)}
            for job in sorted(defs.resolve_all_job_defs(), key=lambda job: job.name)
            if not job.name.startswith("__")
        },
        "schedules": {
            one.name: {"cron": one.cron_schedule, "job": one.job_name, "description": one.description}
            for one in sorted(repository.schedule_defs, key=lambda one: one.name)
        },
        "sensors": {one.name: one.description for one in sorted(repository.sensor_defs, key=lambda one: one.name)},
        "resource": {
            name: {"default": field.default, "description": field.description}
            for name, field in PlatformResource.model_fields.items()
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(snapshot(), "utf-8")
