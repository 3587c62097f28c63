"""Models from other programs: one file an importer, and the one way that finds out which one a file is for.

To add a format: its file, and its class here.
"""

from engine.storage.importers.foreign_models import FOREIGN_SUFFIXES
from engine.storage.importers.importer import (
    FLATTEN_ORDERS,
    LAYOUTS,
    ArchitectureNeededError,
    Imported,
    Importer,
    ImportWish,
)
from engine.storage.importers.reading import IMPORTERS, import_model, is_model_of_elsewhere

__all__ = [
    "FLATTEN_ORDERS",
    "FOREIGN_SUFFIXES",
    "IMPORTERS",
    "LAYOUTS",
    "ArchitectureNeededError",
    "ImportWish",
    "Imported",
    "Importer",
    "import_model",
    "is_model_of_elsewhere",
]
