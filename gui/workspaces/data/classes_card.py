"""The ten classes: how many digits each has, and what they look like on average."""

import numpy as np
from PySide6.QtCore import Signal, Slot

from engine.core.parameters import FloatArray, IntArray
from gui.theme.manager import ThemeManager
from gui.widgets.card import Card
from gui.widgets.image_grid import ImageGrid

_HEIGHT_PX = 150


class ClassesCard(Card):
    """Average digit and count of each class.

    Signals:
        chosen(digit): show the digits of this class.
    """

    chosen = Signal(int)

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__("Classes", "the average digit of each")
        self.grid = ImageGrid(themes, scale=2, empty_text="The average digits are shown here.")
        self.grid.setObjectName("classGrid")
        self.grid.setAccessibleName("Average digit and count of each class")
        self.grid.setMinimumHeight(_HEIGHT_PX)
        self.grid.selection_changed.connect(self._on_selection)
        self.body.addWidget(self.grid, 1)
        self._counts: IntArray = np.zeros(0, np.intp)

    def show_classes(self, averages: FloatArray | None, counts: IntArray) -> None:
        """Show averages (10, 20, 20) with counts (10,); None shows nothing."""
        self._counts = counts
        self.grid.set_images(np.zeros((0, 20, 20), np.float32) if averages is None else averages, self.caption)

    def caption(self, digit: int) -> str:
        """Count and class."""
        return f"{self._counts[digit]:,} · digits of class {digit}"

    @Slot()
    def _on_selection(self) -> None:
        if self.grid.current >= 0:
            self.chosen.emit(self.grid.current)
