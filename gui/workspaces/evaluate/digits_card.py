"""Digits of an evaluation as pictures: those behind a click, or a list of the worst."""

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QLabel

from engine.core.parameters import FloatArray, IntArray
from engine.core.wording import counted
from gui.lab.label_edits import NO_EDITS, DatasetEdits
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.card import Card
from gui.widgets.hidden_label import add_hidden_label
from gui.widgets.image_grid import ImageGrid
from gui.widgets.naming import named
from gui.widgets.undo_keys import UndoKeys
from gui.workspaces.evaluate.digits_export import DigitsExport
from gui.workspaces.evaluate.evaluation import Evaluation

_NONE = np.zeros(0, np.intp)
_LEAST_HEIGHT_PX = 150


class DigitsCard(Card):
    """A grid of some digits of an evaluation.

    Signals:
        picked(places, primary): digits of the answers that the user selected, and the newest of them.
        activated(place, features): double click or Enter.
        relabel_requested(places, digit): a digit's key, for what is selected.
        exclude_requested(places): the Delete key.
    """

    picked = Signal(object, int)
    activated = Signal(int, object)
    relabel_requested = Signal(object, int)
    exclude_requested = Signal(object)

    def __init__(
        self, themes: ThemeManager, title: str, name: str, empty_text: str, scale: int, *, lines: int = 1
    ) -> None:
        super().__init__(title, "")
        grid = ImageGrid(themes, scale=scale, empty_text=empty_text, lines=lines)
        self.grid = named(grid, name, accessible_name=title)
        self.grid.setMinimumHeight(_LEAST_HEIGHT_PX)
        self.body.addWidget(self.grid, 1)
        self.export = DigitsExport(themes, title)
        self.header.addWidget(self.export)
        self.undo_keys = UndoKeys(self.grid)
        self.keys_label = named(mark_muted(QLabel(wordWrap=True)), f"{name}Keys")
        self.body.addWidget(self.keys_label)
        self._edits = NO_EDITS
        self._found: Evaluation | None = None
        self._places: IntArray = _NONE
        self._changed_images: FloatArray | None = None
        self.grid.selection_changed.connect(self._on_selection)
        self.grid.activated.connect(self._on_activated)
        self.grid.digit_pressed.connect(self._on_digit)
        self.grid.delete_pressed.connect(self._on_delete)

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
        self._changed_images = images
        self.export.show_digits(self._found, self._places)
        if images is not None:
            self.grid.set_images(images, self._caption)
        else:
            # Thousands of digits are not copied to show a few.
            every = found.answers.images if found is not None else np.zeros((0, 20, 20), np.float32)
            self.grid.set_images(every, self._caption, self._places)
        self.keys_label.setVisible(self.grid.count > 0)
        self._show_words()
        number = len(self._places)
        self.set_subtitle(f"{text} · {number:,}" if text else "")

    def show_edits(self, edits: DatasetEdits) -> None:
        """Say which digits were put right or left out, and how that is done."""
        self._edits = edits
        self._show_words()
        self.grid.viewport().update()

    def _show_words(self) -> None:
        """All about the digit that the keys are at, for which there is no room below it, and what keys do."""
        current, number = self.grid.current, len(self._edits.labels.keys() | self._edits.excluded)
        title = f"{self._caption(current)}. " if current >= 0 else ""
        done = f"{counted(number, 'digit')} changed for the next training. " if number else ""
        self.keys_label.setText(f"{title}{done}Keys: 0–9 relabel, Delete leaves out, Ctrl+Z takes back.")

    @property
    def _chosen(self) -> list[int]:
        return [int(self._places[place]) for place in self.grid.selected]

    def _caption(self, place: int) -> str:
        if self._found is None:
            return ""
        number = int(self._places[place])
        parts = (self._edits.text_of(int(self._found.ids[number])), self._found.caption(number))
        return " · ".join(part for part in parts if part)

    @Slot()
    def _on_selection(self) -> None:
        current = self.grid.current
        self._show_words()
        self.picked.emit(self._chosen, int(self._places[current]) if current >= 0 else -1)

    @Slot(int)
    def _on_activated(self, place: int) -> None:
        number, changed = int(self._places[place]), self._changed_images
        if self._found is not None:
            self.activated.emit(number, self._found.answers.images[number] if changed is None else changed[place])

    @Slot(int)
    def _on_digit(self, digit: int) -> None:
        if self._chosen:
            self.relabel_requested.emit(self._chosen, digit)

    @Slot()
    def _on_delete(self) -> None:
        if self._chosen:
            self.exclude_requested.emit(self._chosen)


class WorstCard(DigitsCard):
    """The worst mistakes, the least sure answers, or labels that may be wrong."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__(themes, "Worst first", "worstList", "There is no such digit.", 3, lines=3)
        self.list_box = named(QComboBox(), "worstChoice", accessible_name="Which digits come first")
        self.list_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        add_hidden_label("Which digits come first", self.list_box, self)
        self.list_box.currentIndexChanged.connect(self._on_list)
        self.header.insertWidget(self.header.indexOf(self.export), self.list_box)

    def show_evaluation(self, found: Evaluation | None) -> None:
        """Offer the lists of an evaluation."""
        names = list(found.lists) if found is not None else []
        chosen = self.list_box.currentText()
        with QSignalBlocker(self.list_box):
            self.list_box.clear()
            self.list_box.addItems(names)
            self.list_box.setCurrentText(chosen if chosen in names else next(iter(names), ""))
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
