"""What a person says about a data file where the guesses would be wrong."""

from dataclasses import dataclass
from typing import Literal

Part = Literal["train", "test"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read a data file; None leaves a question to the readers, which tell what they guessed.

    Attributes:
        labels_column: of a table: "first", "last", "none", a name from its first line, or a number counted from 1.
        transpose: whether rows and columns of the pixels change places.
        part: of a file that holds several parts; it has to be there.
        purpose: which part is read when `part` is None.
        mirrored, flipped: whether left and right, or top and bottom, change places; after `transpose`.
        inverted: whether dark and bright change places.
        label_shift: is added to every label; None adds nothing but reads 10 as 0 where there is no label 0.
        labels_needed: whether pixels alone are refused.
    """

    labels_column: str | None = None
    transpose: bool | None = None
    part: Part | None = None
    purpose: Part = "train"
    label_shift: int | None = None
    labels_needed: bool = True
    mirrored: bool = False
    flipped: bool = False
    inverted: bool | None = None


DEFAULT_OPTIONS = ReadOptions()
