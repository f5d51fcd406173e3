"""The data card of a task: what a user must know, as Markdown.

Belongs here: the text. Does not belong here: scores and checks, which it is given.
"""

from typing import Any

from aquamind_assets.tasks.history import History
from aquamind_assets.tasks.split import PERIOD_SHARES, SITE_SHARES
from aquamind_assets.tasks.task import SPLITS, Task

METRICS = {
    "detection": "average precision on the test rows; higher is better",
    "forecast": "mean absolute error of ln(target + {offset:g}) on the test rows; lower is better",
}

SCORE_NAMES = {
    "trivial": "trivial: a constant, for a forecast times the latest known value",
    "line": "the best single line, chosen on the test rows",
    "sensible": "a model on the features: boosted trees or a linear model, whichever is better on the validation rows",
    "truth": "such a model on the true state of the ledger",
}


def card(task: Task, histories: list[History], written: dict[str, Any]) -> str:
    """Return the card of a task; ``written`` is its entry in the index."""
    scenario = histories[0].scenario
    farms = f"seed {scenario.seed}" + (f" and the {len(histories) - 1} after it" if len(histories) > 1 else "")
    lines = [
        f"# {task.name}",
        "",
        task.question,
        "",
        f"Made from the scenario `{scenario.name}`, {farms}, {scenario.first_year} to {scenario.last_year}. The data"
        " are simulated.",
        "",
    ]
    if written["reason"]:
        return "\n".join([*lines, f"**Not made**: {written['reason']}.", ""])
    lines += [f"- {note}" for note in task.notes]
    if task.name == "sensor_faults":
        lines += [f"- Faults: {_faults(histories[0])}."]
    lines += ["", "## Rows", "", "| split | rows | file | SHA-256 |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {name} | {written['rows'][name]} | {name}.parquet | {written['sha256'][f'{name}.parquet']} |"
        for name in SPLITS
    ]
    lines += [
        f"| all, the truth | {sum(written['rows'].values())} | truth.parquet | {written['sha256']['truth.parquet']} |",
        "",
        _split_text(),
        "",
        *_score_lines(task, written["scores"]),
        "",
        "## Checks of the task",
        "",
        *[f"- {one['check']}: **{one['standing']}**. {_sentence(one['measured'])}" for one in written["checks"]],
        "",
        "## Columns",
        "",
        "| column | role | unit | meaning |",
        "| --- | --- | --- | --- |",
        *[f"| {one.name} | {one.role} | {one.unit} | {one.meaning} |" for one in task.all_columns],
        "",
    ]
    return "\n".join(lines)


def _score_lines(task: Task, scores: dict[str, Any]) -> list[str]:
    metric = METRICS[task.kind].format(offset=task.offset)
    lines = ["## Scores", "", f"The metric is the {metric}.", "", "| baseline | score |", "| --- | --- |"]
    for name, spelled in SCORE_NAMES.items():
        feature = f" (`{scores['line_feature']}`)" if name == "line" else ""
        lines.append(f"| {spelled}{feature} | {scores[name]:.3f} |")
    if scores["days_won"] is not None:
        lines += [
            "",
            f"At one false warning in a hundred healthy days of the validation rows, the model on the features"
            f" wins {scores['days_won']:.1f} days before the recognition, on average.",
        ]
    return lines


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _split_text() -> str:
    sites, periods = ("/".join(f"{share:.0%}" for share in shares) for shares in (SITE_SHARES, PERIOD_SHARES))
    return (
        f"Sites are split about {sites} and days {periods}; a row is in a split if its site and all days that it looks"
        " at are. So no site, day or batch is in two splits, which is checked on the rows as they are written. Rows"
        " between the splits are left out. `truth.parquet` is for checking the task alone: no model may read it."
    )


def _faults(history: History) -> str:
    plan = history.sensor_plan.faults
    return ", ".join(f"`{name}` {value:g}" for name, value in plan.model_dump().items())
