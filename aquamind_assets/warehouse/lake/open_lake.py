"""The lake at a URL."""

from aquamind_assets.warehouse.lake.database import LakeDatabase
from aquamind_assets.warehouse.lake.local import LocalPlace
from aquamind_assets.warehouse.lake.objects import ObjectPlace
from aquamind_assets.warehouse.url import DatabaseUrl


def lake_at(url: DatabaseUrl) -> LakeDatabase:
    """The lake in a folder or an object store.

    Raises:
        StoreMissing: no package is installed that opens such a store.
    """
    if url.path is not None:
        return LakeDatabase(LocalPlace(url.path))
    protocol, _, rest = url.text.removeprefix("parquet+").partition("://")
    return LakeDatabase(ObjectPlace(protocol, rest, url.masked))
