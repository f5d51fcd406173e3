"""What Dagster shows of every asset, as text: ``python -m aquamind_assets_tests.snapshot`` writes the file anew."""

import json
from pathlib import Path
from typing import Any

from aquamind_assets.definitions import build_defs
from aquamind_assets.settings import Settings

FILE = Path(__file__).with_name("specs.json")


def snapshot() -> str:
    """What is decided about each asset (its group, kinds, owners, tags, edges, checks, metadata) and all jobs."""
    defs = build_defs(Settings(scenario="tiny"))
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
        }
        for spec in sorted(defs.resolve_all_asset_specs(), key=lambda spec: spec.key)
    }
    jobs = {job.name: job.description for job in defs.resolve_all_job_defs() if not job.name.startswith("__")}
    return json.dumps({"assets": assets, "jobs": dict(sorted(jobs.items()))}, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(snapshot(), "utf-8")
