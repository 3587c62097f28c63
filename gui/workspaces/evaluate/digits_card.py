"""Digits of an evaluation as pictures: those behind a click, or a list of the worst."""

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from engine.core.parameters import FloatArray, IntArray
from gui.theme.manager import ThemeManager
from gui.widgets.card import Card
from gui.widgets.image_grid import ImageGrid
from gui.workspaces.evaluate.evaluation import Evaluation
from gui.workspaces.evaluate.labels import label_for

_NONE = np.zeros(0, np.intp)
_LEAST_HEIGHT_PX = 150


class DigitsCard(Card):
    """A grid of some digits of an evaluation.

    Signals:
        picked(places, primary): digits of the answers that the user selected, and the newest of them.
        activated(place, features): double click or Enter.
    """

    picked = Signal(object, int)
    activated = Signal(int, object)

    def __init__(
        self, themes: ThemeManager, title: str, name: str, empty_text: str, scale: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, "", parent)
        self.grid = ImageGrid(themes, scale=scale, empty_text=empty_text)
        self.grid.setObjectName(name)
        self.grid.setAccessibleName(title)
        self.grid.setMinimumHeight(_LEAST_HEIGHT_PX)
        self.body.addWidget(self.grid, 1)
        self._found: Evaluation | None = None
        self._places: IntArray = _NONE
        self._images: FloatArray = np.zeros((0, 20, 20), np.float32)
        self.grid.selection_changed.connect(self._on_selection)
        self.grid.activated.connect(self._on_activated)

    @property
    def places(self) -> IntArray:
        """The digits that are shown, as places in the answers."""
        return self._places

    def show_digits(
        self, found: Evaluation | None, places: IntArray, text: str = "", images: FloatArray | None = None
    ) -> None:
        """Show these digits of an evaluation.

        Args:
            found: the evaluation; None shows nothing.
            places: of the digits in its answers.
            text: what they are, at the right of the title.
            images: (n, 20, 20) to show in their place, as changed digits.
        """
        self._found, self._places = found, places if found is not None else _NONE
        if found is None:
            images = np.zeros((0, 20, 20), np.float32)
        elif images is None:
            images = found.answers.images[places]
        self._images = images
        self.grid.set_images(images, self._caption)
        number = len(self._places)
        self.set_subtitle(f"{text} · {number:,}" if text else "")

    def mark(self, places: set[int]) -> None:
        """Mark those of the digits that are selected elsewhere."""
        self.grid.set_selected(np.flatnonzero(np.isin(self._places, list(places))).tolist())

    def _caption(self, place: int) -> str:
        return self._found.caption(int(self._places[place])) if self._found is not None else ""

    @Slot()
    def _on_selection(self) -> None:
        chosen = [int(self._places[place]) for place in self.grid.selected]
        current = self.grid.current
        self.picked.emit(chosen, int(self._places[current]) if current >= 0 else -1)

    @Slot(int)
    def _on_activated(self, place: int) -> None:
        self.activated.emit(int(self._places[place]), self._images[place])


class WorstCard(DigitsCard):
    """The worst mistakes, the least sure answers, or labels that may be wrong."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(themes, "Worst first", "worstList", "There is no such digit.", 3, parent)
        self.list_box = QComboBox()
        self.list_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.list_box.setObjectName("worstChoice")
        self.list_box.setAccessibleName("Which digits come first")
        self.list_box.currentIndexChanged.connect(self._on_list)
        self.header.addWidget(label_for(self.list_box, "List"))
        self.header.addWidget(self.list_box)

    def show_evaluation(self, found: Evaluation | None) -> None:
        """Offer the lists of an evaluation."""
        names = list(found.lists) if found is not None else []
        chosen = self.list_box.currentText()
        blocked = self.list_box.blockSignals(True)
        self.list_box.clear()
        self.list_box.addItems(names)
        self.list_box.setCurrentText(chosen if chosen in names else next(iter(names), ""))
        self.list_box.blockSignals(blocked)
        self._found = found
        self._on_list(0)

    @Slot(int)
    def _on_list(self, _index: int) -> None:
        name = self.list_box.currentText()
        found = self._found
        warns = name == "Suspicious labels" and found is not None and "training" in found.data_title
        self.show_digits(
            found,
            found.lists.get(name, _NONE) if found is not None else _NONE,
            "the model learned these labels by heart" if warns else "",
        )
