"""All digits of a data set as pictures: by class, by part, by number, or those that a warning is about."""

from typing import Final

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QToolButton, QWidget

from engine.core.parameters import IntArray
from gui.lab.label_edits import NO_EDITS, DatasetEdits
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_invalid
from gui.widgets.card import Card
from gui.widgets.field_grid import FieldGrid
from gui.widgets.hidden_label import add_hidden_label
from gui.widgets.image_grid import ImageGrid
from gui.widgets.naming import named
from gui.widgets.number_text import read_number
from gui.workspaces.data.inspection import PARTS, Inspection

EMPTY: Final = "There is no such digit."
_LEAST_HEIGHT_PX: Final = 240
_FIELD_PX: Final = 70


class DigitsCard(Card):
    """A grid with filters.

    Signals:
        picked(ids, primary): the user selected these; primary is −1 for none.
        activated(id): double click or Enter.
        filter_changed: the user chose another class, part or size.
        undo_requested: take the last change of labels back.
    """

    picked = Signal(object, int)
    activated = Signal(int)
    filter_changed = Signal()
    undo_requested = Signal()

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__("Digits", "", parent)
        self._found: Inspection | None = None
        self._only: IntArray | None = None
        self._edits = NO_EDITS
        # Ids of what is shown; None for all in their order, which costs no list.
        self._order: IntArray | None = None
        self.class_box = self._box("classFilter", "Class", ["all classes", *map(str, range(10))])
        self.part_box = self._box("partFilter", "Part", ["both parts", *PARTS[1:]])
        self.number_edit = QLineEdit(placeholderText="number")
        self.number_edit.setObjectName("numberSearch")
        self.number_edit.setAccessibleName("Number of a digit")
        self.number_edit.setToolTip("Show the digit of this number; the first one has number 1")
        self.number_edit.textChanged.connect(self._on_number)
        self.original_button = QToolButton()
        self.original_button.setObjectName("originalsButton")
        self.original_button.setText("28×28")
        self.original_button.setCheckable(True)
        self.original_button.setToolTip("Show the digits as they came, 28×28, not as models see them, 20×20")
        self.original_button.toggled.connect(self._on_filter)
        self.all_button = QPushButton("Show all")
        self.all_button.setObjectName("showAllButton")
        self.all_button.setToolTip("Show all digits again, not only those of the warning")
        self.all_button.clicked.connect(self.show_all)
        row = FieldGrid(_FIELD_PX, 8, maximum_width=2 * _FIELD_PX)
        for part in (self.class_box, self.part_box, self.number_edit, self.original_button, self.all_button):
            row.add(part)
        self.undo_button = QToolButton()
        self.undo_button.setObjectName("undoEditButton")
        self.undo_button.setToolTip("Take the last change of labels back; the next training honours what is changed")
        self.undo_button.clicked.connect(self.undo_requested)
        self.undo_button.hide()
        row.add(self.undo_button)
        self.grid = ImageGrid(themes, scale=2, empty_text=EMPTY)
        self.grid.setObjectName("datasetGrid")
        self.grid.setAccessibleName("Digits of the data set")
        self.grid.setMinimumHeight(_LEAST_HEIGHT_PX)
        self.grid.selection_changed.connect(self._on_selection)
        self.grid.activated.connect(self._on_activated)
        self.body.addLayout(row)
        self.body.addWidget(self.grid, 1)
        self.all_button.hide()

    @property
    def ids(self) -> IntArray:
        """The digits that are shown, as positions in the data set."""
        if self._order is not None:
            return self._order
        return np.arange(len(self._found.digits) if self._found is not None else 0)

    def show_inspection(self, found: Inspection | None) -> None:
        """Show the digits of another data set, or of another split of it."""
        self._found, self._only = found, None
        self.original_button.setVisible(found is not None and found.digits.originals is not None)
        self._show()

    def show_only(self, places: IntArray) -> None:
        """Show only these digits, in this order, whatever their class and part."""
        self._only = places
        for box in (self.class_box, self.part_box):
            with QSignalBlocker(box):
                box.setCurrentIndex(0)
        self._show()

    @Slot()
    def show_all(self) -> None:
        """Show all digits of the class and part that are chosen."""
        self._only = None
        self._show()

    def show_class(self, digit: int) -> None:
        """Show the digits of a class; −1 for all."""
        self.class_box.setCurrentIndex(digit + 1)

    def show_edits(self, edits: DatasetEdits) -> None:
        """Say below each picture what was put right, and offer a way back."""
        self._edits = edits
        changed = len(edits.labels.keys() | edits.excluded)
        self.undo_button.setVisible(bool(changed))
        self.undo_button.setText(f"{changed:,} changed: undo")
        self.grid.viewport().update()

    def mark(self, ids: tuple[int, ...], primary: int | None) -> None:
        """Mark those of the digits that are selected elsewhere."""
        if self._order is None:
            places, current = list(ids), -1 if primary is None else primary
        else:
            where = {int(number): place for place, number in enumerate(self._order)} if ids else {}
            places = [where[number] for number in ids if number in where]
            current = where.get(-1 if primary is None else primary, -1)
        self.grid.set_selected(places, current)

    def _show(self) -> None:
        found = self._found
        self.all_button.setVisible(self._only is not None)
        self._order = None
        if found is None:
            self.grid.set_images(np.zeros((0, 20, 20), np.float32))
            self.set_subtitle("")
            return
        self._order = self._filtered(found)
        digits = found.digits
        as_they_came = self.original_button.isChecked() and digits.originals is not None
        images = digits.originals if as_they_came and digits.originals is not None else digits.images
        self.grid.set_images(images, self._caption, self._order)
        self.set_subtitle(f"{self.grid.count:,} of {len(digits):,}")

    def _filtered(self, found: Inspection) -> IntArray | None:
        digit, part = self.class_box.currentIndex() - 1, self.part_box.currentIndex()
        if self._only is None and digit < 0 and not part:
            return None
        order = self._only if self._only is not None else np.arange(len(found.digits))
        if digit >= 0:
            order = order[found.digits.labels[order] == digit]
        return order[found.part[order] == part] if part else order

    def _id_of(self, place: int) -> int:
        return place if self._order is None else int(self._order[place])

    def _caption(self, place: int) -> str:
        if self._found is None:
            return ""
        number = self._id_of(place)
        text, edit = self._found.caption(number), self._edits.text_of(number)
        # Below the picture is room for the first part, and for a word of it only.
        return f"{edit.removeprefix('left ')} · label {text}" if edit else text

    @Slot()
    def _on_selection(self) -> None:
        chosen = self.grid.selected
        ids = list(chosen) if self._order is None else self._order[list(chosen)].tolist()
        self.picked.emit(ids, self._id_of(self.grid.current) if self.grid.current >= 0 else -1)

    @Slot(int)
    def _on_activated(self, place: int) -> None:
        self.activated.emit(self._id_of(place))

    @Slot(str)
    def _on_number(self, text: str) -> None:
        """Go to a digit; where the filters hide it, they are taken away."""
        found = self._found
        count = len(found.digits) if found is not None else 0
        try:
            number = read_number(text)
        except ValueError:
            number = 0.0
        known = number.is_integer() and 1 <= number <= count
        mark_invalid(self.number_edit, bool(text.strip()) and not known)
        self.number_edit.setToolTip(f"Give a number from 1 to {count:,}")
        if known:
            wanted = int(number) - 1
            if wanted not in self.ids:
                self._only = None
                self.class_box.setCurrentIndex(0)
                self.part_box.setCurrentIndex(0)
                self._show()
            self.mark((wanted,), wanted)
            self._on_selection()

    @Slot()
    def _on_filter(self) -> None:
        self._show()
        self.filter_changed.emit()

    def _box(self, name: str, accessible_name: str, texts: list[str]) -> QComboBox:
        box = named(QComboBox(), name, accessible_name=accessible_name)
        add_hidden_label(accessible_name, box, self)
        box.setToolTip(f"{accessible_name} of the digits that are shown")
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.addItems(texts)
        box.currentIndexChanged.connect(self._on_filter)
        return box
