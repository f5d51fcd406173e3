"""Which process works on a run, and signs that it still does.

A worker puts its machine and process on the run as a tag. On its own machine that is enough: the process is there or it
is not. No other machine can see it, so where several can share the instance's storage (PostgreSQL), the worker also
writes the time into that storage again and again, from the start of the run to its end.

Belongs here: signing a run, and reading the signs. Does not belong here: what follows from them (``dead_runs``).
"""

import json
import logging
import os
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import psutil

WORKER_TAG = ".dagster/aquamind_worker"
"""The prefix keeps it out of the user interface: it is for this module alone."""

SIGN_S = 15.0
"""Seconds between two signs of life."""

GRACE_S = 300.0
"""A run whose worker cannot be seen from here counts as dead so many seconds after its last sign of life. Clocks of the
machines must agree much better than that."""

_SEEN = "aquamind_assets/seen/"


@cache
def _machine() -> str:
    """Tells this kernel, since it started, and this process namespace from all others: two machines or containers may
    have one host name, and process numbers are good within one namespace alone. Just the host name where the system
    does not say."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()


@cache
def _computer() -> str:
    """Names this installation of a system, also after it has started again; ``""`` where it has no name."""
    try:
        return Path("/etc/machine-id").read_text("ascii").strip()
    except OSError:
        return ""


@cache
def _this_worker(run_id: str | None) -> str:
    return json.dumps(
        {
            "host": socket.gethostname(),
            "computer": _computer(),
            "machine": _machine(),
            "pid": os.getpid(),
            "born": round(psutil.Process().create_time(), 2),
            "run": run_id,
        }
    )


def worker_tags(run_id: str | None = None) -> dict[str, str]:
    """The tag that this process puts on a run it works on; without ``run_id`` on one that it is about to make."""
    return {WORKER_TAG: _this_worker(run_id)}


def worker_of(run: dg.DagsterRun) -> dict[str, Any] | None:
    """Machine, process number and birth of the worker that signed the run; None if none has.

    Dagster copies a dead run's tags to its retry, which until its first step would look as dead as the run whose worker
    it names.
    """
    worker = json.loads(run.tags[WORKER_TAG]) if WORKER_TAG in run.tags else None
    inherited = run.parent_run_id is not None and worker is not None and worker.get("run") != run.run_id
    return None if inherited else worker


def process_runs(worker: dict[str, Any]) -> bool | None:
    """Whether a worker's process runs; None where that cannot be seen from here."""
    if worker.get("machine") == _machine():
        try:
            process = psutil.Process(worker["pid"])
            return abs(process.create_time() - worker["born"]) < 1.0 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
    if worker["host"] == socket.gethostname() and worker.get("computer") and worker["computer"] == _computer():
        kernel, here = (str(one).partition(" ")[0] for one in (worker["machine"], _machine()))
        # The same machine: without another kernel it is another container there; with one, it has started again.
        return None if kernel == here else False
    return None


@contextmanager
def signed(context: dg.InitResourceContext) -> Iterator[None]:
    """Sign the run that a resource is made for, and give signs of life until it has ended. Dagster makes resources
    before the first step, and before any wait for a place; outside of runs, as for a sensor, there is nothing to sign.
    """
    if context.run is None or context.instance is None:
        yield
        return
    with working_on(context.run, context.instance):
        yield


@contextmanager
def working_on(run: dg.DagsterRun, instance: dg.DagsterInstance, every_s: float = SIGN_S) -> Iterator[None]:
    """Put this process's tag on the run, and give signs of life meanwhile."""
    tags = worker_tags(run.run_id)
    if run.tags.get(WORKER_TAG) != tags[WORKER_TAG]:
        instance.add_run_tags(run.run_id, tags)
    # To import that package, for its class, takes a second of a run that has no need of it.
    if type(instance.run_storage).__module__.partition(".")[0] != "dagster_postgres":
        # The instance is of this machine, where the process can be seen.
        yield
        return
    over = threading.Event()
    signing = threading.Thread(target=_sign_again_and_again, args=(run.run_id, instance, every_s, over), daemon=True)
    signing.start()
    try:
        yield
    finally:
        over.set()
        signing.join()


def _sign_again_and_again(run_id: str, instance: dg.DagsterInstance, every_s: float, over: threading.Event) -> None:
    while True:
        try:
            instance.daemon_cursor_storage.set_cursor_values({_SEEN + run_id: f"{time.time():.0f}"})
        except Exception as error:
            # Whatever it is, such as a lost connection: the next time may do, and the run need not end for it.
            logging.getLogger(__name__).warning("a sign of life of run %s could not be written: %s", run_id, error)
        if over.wait(every_s):
            return


def last_seen(instance: dg.DagsterInstance, run_ids: Iterable[str]) -> dict[str, float]:
    """When each run's worker gave its last sign of life, in seconds since 1970; runs that gave none are left out."""
    keys = {_SEEN + run_id for run_id in run_ids}
    values = instance.daemon_cursor_storage.get_cursor_values(keys) if keys else {}
    return {key.removeprefix(_SEEN): float(value) for key, value in values.items()}
