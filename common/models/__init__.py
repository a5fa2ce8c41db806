"""Every table of the schema, one module per topic; importing this package knows them all."""

from common.models import accounts, catalog, comics, money, social
from common.models.base import metadata

__all__ = ["accounts", "catalog", "comics", "metadata", "money", "social"]
