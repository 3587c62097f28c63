"""What every importer is, and what it is told."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from engine.storage.model import Model

LAYOUTS = ("keras", "pytorch")
# The largest preset has 0.4 million; as float32, with their gradients, these take 32 MB.
MOST_PARAMETERS = 4_000_000
FLATTEN_ORDERS = ("channels-first", "channels-last")


@dataclass(frozen=True, slots=True, eq=False)
class ImportWish:
    """What the person says about a file.

    Attributes:
        architecture: makes a new model whose layers the weights are for; None where nobody said.
        layout: how kernels lie, one of `LAYOUTS`; "" finds out.
        flatten_order: how images were flattened where the weights were made, one of `FLATTEN_ORDERS`; "" is the
            layout's usual one.
    """

    architecture: Callable[[], Model] | None = None
    layout: str = ""
    flatten_order: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """A model from elsewhere, and what was understood of its file, in a sentence."""

    model: Model
    told: str


class Importer:
    """Reads a model, or weights for one, that another program wrote. Nothing in the file is executed.

    Attributes:
        key: its name.
        title: what a person reads.
        suffix: how its files end.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    suffix: ClassVar[str]

    def recognizes(self, head: bytes) -> bool:
        """Whether a file that begins like this is one of these; only asked where its name says nothing."""
        raise NotImplementedError

    def read(self, path: Path, wish: ImportWish) -> Imported:
        """The model in the file.

        Raises:
            ModelFileError: the file does not fit; the message completes "The file … cannot be imported: it …".
            DataError: the file cannot be read; a whole sentence.
        """
        raise NotImplementedError


class ArchitectureNeededError(Exception):
    """The file holds weights alone, and nobody said for which layers."""


def quoted(name: str) -> str:
    """A name out of a file, cut to what a sentence bears."""
    return "“" + "".join(letter if letter.isprintable() else "?" for letter in name[:60]) + "”"
