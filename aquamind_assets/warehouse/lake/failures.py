"""What failures of files mean for whoever runs the platform.

Belongs here: which failures may pass, and what to do about the others.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from aquamind_assets.durable_files import NO_ROOM, free_space, is_of_object_store
from aquamind_assets.masking import masked
from aquamind_assets.warehouse.errors import DatabaseDamaged, DatabaseFull, DatabaseRefused

_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EIO)
_DAMAGED = ("checksum", "Corrupt", "deserialize", "Unexpected end of stream", "magic bytes")
"""What pyarrow says of a file that is not what was written; it has no codes for that."""


@contextmanager
def failures_named(url: str) -> Iterator[None]:
    """Raise what a failure of the file system means instead of the failure.

    Raises:
        DatabaseFull: the disk is full.
        DatabaseRefused: a person can change it.
        DatabaseDamaged: a file is not what was written.
        FileNotFoundError: a file was replaced meanwhile, or is missing.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except pa.ArrowInvalid as error:
        raise DatabaseDamaged(f"{url}: a file is damaged: {' '.join(str(error).split())}") from error
    except OSError as error:
        if error.errno in (*NO_ROOM, errno.EFBIG):
            raise DatabaseFull(
                f"{url} cannot be written: the disk is full; {free_space(url.removeprefix('parquet:///'))}; what is"
                " committed stays"
            ) from error
        if any(word in str(error) for word in _DAMAGED):
            raise DatabaseDamaged(f"{url}: a file is damaged: {' '.join(str(error).split())}") from error
        if error.errno not in _REFUSED:
            raise
        place = f" ({error.filename})" if error.filename else ""
        raise DatabaseRefused(f"{url} cannot be used: {error.strerror or error}{place}") from error
    except Exception as error:
        if not is_of_object_store(error):
            raise
        raise DatabaseRefused(f"{url} cannot be used: {masked(' '.join(str(error).split()))}") from error
