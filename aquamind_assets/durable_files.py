"""Files that are replaced in one piece, and that survive a power cut once they are.

A reader sees the old content or the new one, whatever dies when: the content goes into a file beside the target, is
flushed to the disk, and takes the target's name; then the folder is flushed, so that the name survives too. An object
store puts an object in one piece by itself.

Belongs here: writing such files, and naming what is wrong with a place that a user gave. Does not belong here: what is
in a file.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING
from uuid import uuid4

from aquamind_assets.errors import DiskFull, UserError
from aquamind_assets.masking import masked

if TYPE_CHECKING:
    from upath import UPath

LOCAL_PROTOCOLS = ("", "file", "local")
"""Protocols of universal-pathlib whose paths are files on this machine."""

LEDGERS = "the place of the ledgers"
"""The purpose of the folder or URL that holds the ledgers, as errors name it."""

PRIVATE = 0o600
"""Mode of a file that may hold a password: read and written by its owner alone."""


class FileUnusable(UserError):
    """A file or folder that cannot be made, read or written; the message names it, its purpose and the reason."""


class PlaceFull(FileUnusable, DiskFull):
    """A place without room for a file."""


NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
"""Codes of the system for a full disk, and for a full share of it."""

_OBJECT_STORE_CLIENTS = frozenset({"aiobotocore", "aiohttp", "azure", "botocore", "gcsfs", "google"})
"""Packages whose errors are an object store's."""


def replace_file(path: "Path | UPath", content: bytes | str, *, mode: int | None = None) -> None:
    """Write ``content`` (text as UTF-8) to ``path`` in one piece, durably; the file is made or replaced.

    Args:
        path: a local path, or any path of universal-pathlib; its folder exists.
        content: the whole content.
        mode: permissions of the file, whatever the process's mask is; None for those the mask leaves.
    """
    content = content.encode("utf-8") if isinstance(content, str) else content
    if getattr(path, "protocol", "") not in LOCAL_PROTOCOLS:
        path.write_bytes(content)
        return
    local = path if isinstance(path, Path) else Path(path.path)
    aside = _written_aside(local, content, mode)
    try:
        os.replace(aside, local)
    except BaseException:
        with suppress(OSError):
            os.unlink(aside)
        raise
    flush_folder(local.parent)


def create_file(path: Path, content: bytes) -> bool:
    """Make a local file that appears whole and survives a power cut; False if there is one of that name, which then
    stays as it is."""
    aside = _written_aside(path, content, None)
    try:
        os.link(aside, path)
    except FileExistsError:
        return False
    finally:
        os.unlink(aside)
    flush_folder(path.parent)
    return True


def _written_aside(local: Path, content: bytes, mode: int | None) -> Path:
    """A file of this content beside the one that it is to become, flushed to the disk."""
    aside = local.with_name(f".{local.name}.{uuid4().hex[:8]}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            os.unlink(aside)
        raise
    return aside


def flush_file(path: Path) -> None:
    """Make what is in a local file survive a power cut, and its name; a file that is not there is none to flush."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make the names in a local folder survive a power cut, where the system can open folders."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def usable(purpose: str, path: Path | str) -> Iterator[None]:
    """Turn the system's refusal to use a file or folder into an error that says what the place is for.

    Raises:
        FileUnusable: the block raised an ``OSError``, the package that opens such a URL is not installed, or the
            object store refuses.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        other = f" ({error.filename})" if error.filename not in (None, path, str(path)) else ""
        if error.errno in NO_ROOM:
            raise PlaceFull(
                f"{purpose} {masked(str(path))} cannot be written: {reason}; {free_space(path)}, what is stored stays"
            ) from error
        raise FileUnusable(f"{purpose} {masked(str(path))} cannot be used: {reason}{other}") from error
    except Exception as error:
        if not (isinstance(error, ImportError) or is_of_object_store(error)):
            raise
        raise FileUnusable(f"{purpose} {masked(str(path))} cannot be used: {masked(str(error))}") from error


def is_of_object_store(error: Exception) -> bool:
    """Whether a client of an object store raised the error: no credentials, no such bucket, no connection. Their
    errors have no common base."""
    return type(error).__module__.partition(".")[0] in _OBJECT_STORE_CLIENTS


def refuse_unwritable(purpose: str, folder: "Path | UPath") -> None:
    """Refuse a folder that this user may not write, or could not make; nothing is made.

    Raises:
        FileUnusable: a local one is such a folder; or the package that opens such a URL is not installed.
    """
    with usable(purpose, str(folder)):
        folder.exists()
        if getattr(folder, "protocol", "") not in LOCAL_PROTOCOLS:
            return
        local = (folder if isinstance(folder, Path) else Path(folder.path)).absolute()
        above = next(one for one in (local, *local.parents) if one.exists())
        if not above.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(above))
        try:
            with TemporaryFile(dir=above):
                pass
        except OSError as error:
            # The name of the file that was tried means nothing to a reader.
            raise OSError(error.errno, os.strerror(error.errno or errno.EACCES), str(above)) from None


def open_place(purpose: str, place: str) -> "UPath":
    """The path of a folder or URL that a user gave; it need not be there.

    Raises:
        FileUnusable: no file system is known for such a URL, or a file has its name.
    """
    from upath import UPath

    try:
        path = UPath(place)
    except ValueError as error:
        raise FileUnusable(
            f"{purpose} {masked(place)} cannot be used: {error}; allowed are folders and URLs such as s3://bucket/folder"
        ) from None
    if path.protocol in LOCAL_PROTOCOLS and path.exists() and not path.is_dir():
        raise FileUnusable(f"{purpose} {path} cannot be used: it is not a folder")
    return path


def free_space(path: Path | str) -> str:
    """How much is free where a path lies, and what to do about a full disk; for messages."""
    advice = "free some space (`aquamind run --dry-run` shows how much a run needs) and run again"
    return f"{free_megabytes(path)}: {advice}"


def free_megabytes(path: Path | str) -> str:
    """How much is free where a path lies, for messages."""
    place = Path(path).absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        return f"{shutil.disk_usage(place).free / 1e6:,.1f} MB are free there"
    except OSError:
        return "it is full"


def make_folders(path: "Path | UPath") -> None:
    """Make a folder with its parents, durably: each new name is flushed in the folder that holds it."""
    if getattr(path, "protocol", "") not in LOCAL_PROTOCOLS:
        path.mkdir(parents=True, exist_ok=True)
        return
    local = (path if isinstance(path, Path) else Path(path.path)).absolute()
    new = [folder for folder in (local, *local.parents) if not folder.exists()]
    local.mkdir(parents=True, exist_ok=True)
    for folder in new:
        flush_folder(folder.parent)


def check_file(purpose: str, path: Path) -> None:
    """Make the folder of a file that is written later, and check that the file can take its place.

    Raises:
        FileUnusable: it cannot, such as where a folder has its name.
    """
    made_folder(f"the folder of {purpose}", path.absolute().parent)
    if path.is_dir():
        raise FileUnusable(f"{purpose} {path} cannot be written: it is a folder")


def made_folder(purpose: str, folder: Path) -> Path:
    """The folder, made with its parents if it is not there.

    Raises:
        FileUnusable: it cannot be made, such as where a file has its name.
    """
    with usable(purpose, folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder
