"""The lake at a URL."""

from aquamind_assets.warehouse.lake.database import LakeDatabase
from aquamind_assets.warehouse.lake.local import LocalPlace
from aquamind_assets.warehouse.url import DatabaseUrl, DatabaseUrlError


def lake_at(url: DatabaseUrl) -> LakeDatabase:
    """The lake in a folder.

    Raises:
        DatabaseUrlError: it is in an object store, which is not supported yet.
    """
    if url.path is None:
        raise DatabaseUrlError(f"database {url.masked!r}: lakes in object stores are not supported yet")
    return LakeDatabase(LocalPlace(url.path))
