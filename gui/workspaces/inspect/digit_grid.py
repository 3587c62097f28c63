"""Digits with a number each, which can be saved: the nearest ones, those that excite a unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QFont

from engine.core.parameters import FloatArray
from gui.services.csv_export import Table
from gui.theme.tokens import Theme
from gui.widgets.digit_sheet import sheet_painted
from gui.widgets.image_grid import ImageGrid
from gui.widgets.picture_export import Encode


@dataclass(frozen=True, slots=True, eq=False)
class DigitSheet:
    """Digits to be saved.

    Attributes:
        heading: what they are.
        images: (n, side, side).
        captions: the line below each.
        columns: what is known of each, (n,), by name.
        font, theme: how they are written and painted.
        origin: which model they are of.
    """

    heading: str
    images: FloatArray
    captions: list[str]
    columns: Mapping[str, NDArray[Any]]
    font: QFont
    theme: Theme
    origin: str = ""

    def picture(self, ending: str) -> Encode:
        """Rows of digits."""
        return sheet_painted(ending, self.heading, self.images, self.captions, self.font, self.theme)

    def table(self) -> Table:
        """A row a digit: what is known of it, and its pixels row by row."""
        count, height, width = self.images.shape
        pixels = [f"pixel {row}, {column}" for row in range(1, height + 1) for column in range(1, width + 1)]
        cells = (*self.columns.values(), *self.images.reshape(count, -1).T)
        settings = {"what": self.heading, "of": self.origin, "shape": f"{count} digits of {height} × {width} pixels"}
        return Table((*self.columns, *pixels), [cells], settings, exact=True)


class DigitGrid(ImageGrid):
    """An `ImageGrid` that knows what is known of its digits."""

    def set_digits(self, images: FloatArray, captions: list[str], columns: Mapping[str, NDArray[Any]]) -> None:
        """Show digits, (n, side, side), with a line below each; `columns`, (n,) each, are for tables."""
        self.set_images(images, captions.__getitem__)
        self._digits = images, captions, columns

    def clear_digits(self) -> None:
        """Show nothing."""
        self.set_images(np.zeros((0, 20, 20), np.float32))

    def sheet(self, origin: str, theme: Theme) -> DigitSheet:
        """What is shown, to be saved."""
        return DigitSheet(self.accessibleName(), *self._digits, self.font(), theme, origin)
