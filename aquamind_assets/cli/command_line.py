"""The command line of this process, which every user of the machine can read in the list of processes.

Belongs here: hiding secrets in it. Does not belong here: finding secrets in a text (``masking``).
"""

import os
from pathlib import Path

from aquamind_assets.masking import masked

_START, _END = 45, 46
"""Places of ``arg_start`` and ``arg_end`` in ``/proc/self/stat`` after the name of the process; see proc(5)."""


def hide_secrets() -> None:
    """Overwrite the passwords in it. ``sys.argv`` keeps them.

    It works on Linux; elsewhere, or where the system does not allow it, nothing is changed.
    """
    try:
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        start, end = int(fields[_START]), int(fields[_END])
        with open("/proc/self/mem", "r+b", buffering=0) as memory:
            memory.seek(start)
            arguments = memory.read(end - start)
            memory.seek(start)
            memory.write(without_secrets(arguments))
    except (OSError, ValueError, IndexError):
        return


def without_secrets(arguments: bytes) -> bytes:
    """Arguments, each ended by a zero byte, with every secret hidden; as many bytes as before."""
    return b"\0".join(map(_hidden, arguments.split(b"\0")))


def _hidden(argument: bytes) -> bytes:
    text = os.fsdecode(argument)
    hidden = masked(text)
    return argument if hidden == text else os.fsencode(hidden)[: len(argument)].ljust(len(argument))
