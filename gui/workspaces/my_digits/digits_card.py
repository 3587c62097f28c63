"""The grid of my digits: by class and writer, with what can be done to the selected ones."""

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QPushButton

from engine.core.wording import counted
from gui.lab.my_digits import MyDigit
from gui.theme.manager import ThemeManager
from gui.widgets.card import Card
from gui.widgets.field_label import label_for
from gui.widgets.filled import filled
from gui.widgets.image_grid import ImageGrid
from gui.widgets.naming import named

_LEAST_HEIGHT_PX = 170
# What a filter lets through: everything, one label, or what is no digit.
ALL, NONE = "all", "none"


class MyDigitsCard(Card):
    """Shows the digits, sorted by class, and says what is wished for the selected ones.

    Signals:
        label_requested(keys, label): file these under this digit, or under none where it is None.
        writer_requested(keys): say of these that the present writer wrote them.
        delete_requested(keys): take these away.
        activated(key): show this one on the canvas.
        picked(keys): the user selected these.
        cancel_requested: the import or export under way is not wanted any more.
    """

    label_requested = Signal(object, object)
    writer_requested = Signal(object)
    delete_requested = Signal(object)
    activated = Signal(str)
    picked = Signal(object)
    cancel_requested = Signal()

    def __init__(self, themes: ThemeManager, empty_text: str) -> None:
        super().__init__("My digits", "")
        self._digits: list[MyDigit] = []
        self._shown: list[MyDigit] = []
        self.class_box = self._box("digitClassFilter", "Which digits to show")
        for text, data in (("all digits", ALL), *((f"only {k}", k) for k in range(10)), ("not a digit", NONE)):
            self.class_box.addItem(text, data)
        self.writer_box = self._box("digitWriterFilter", "Whose digits to show")
        self.mine_button = named(
            QPushButton("By this writer"), "setWriterButton", "The selected ones are the present writer's"
        )
        self.delete_button = named(
            QPushButton("Delete"), "deleteDigitsButton", "Take the selected digits away (Delete)"
        )
        self.progress_bar = QProgressBar(textVisible=False)
        self.progress_bar.setAccessibleName("Progress of import or export")
        self.progress_bar.setFixedWidth(80)
        self.cancel_button = named(QPushButton("Cancel"), "cancelExchangeButton", "End the import or export under way")
        self.tools = filled(QHBoxLayout(), spacing=8)
        for text, widget in (("Show", self.class_box), ("by", self.writer_box)):
            label = label_for(widget, text)
            self.tools.addWidget(label)
            self.tools.addWidget(widget)
        self.tools.addStretch(1)
        for part in (self.progress_bar, self.cancel_button, self.mine_button, self.delete_button):
            self.tools.addWidget(part)
        self.body.addLayout(self.tools)
        self.grid = ImageGrid(themes, scale=2, empty_text=empty_text)
        self.grid.setObjectName("digitGrid")
        self.grid.setAccessibleName("My digits")
        self.grid.setMinimumHeight(_LEAST_HEIGHT_PX)
        self.grid.setToolTip(
            "Keys: 0–9 file the selected digits anew, N as no digit, Delete takes them away, Ctrl+Z brings back"
        )
        self.body.addWidget(self.grid, 1)
        self.class_box.activated.connect(self._show)
        self.writer_box.activated.connect(self._show)
        self.grid.selection_changed.connect(self._on_selection)
        self.grid.activated.connect(self._on_activated)
        self.grid.digit_pressed.connect(self.label_selected)
        self.grid.delete_pressed.connect(self._on_delete)
        self.delete_button.clicked.connect(self._on_delete)
        self.mine_button.clicked.connect(self._on_mine)
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.show_progress(None)
        self.show_digits([], [])

    def _box(self, name: str, title: str) -> QComboBox:
        return named(QComboBox(), name, title, title)

    @property
    def shown(self) -> list[MyDigit]:
        """What the filters let through, in the order of the grid."""
        return self._shown

    @property
    def selected(self) -> list[str]:
        """The keys of the selected digits."""
        return [self._shown[place].key for place in self.grid.selected]

    def show_digits(self, digits: list[MyDigit], writers: list[str]) -> None:
        """Show these; what was selected stays selected as far as it is there."""
        self._digits = digits
        chosen = self.writer_box.currentData()
        self.writer_box.clear()
        self.writer_box.addItem("all writers", None)
        for writer in writers:
            self.writer_box.addItem(writer, writer)
        if writers and any(not digit.writer for digit in digits):
            self.writer_box.addItem("no name", "")
        self.writer_box.setCurrentIndex(max(0, self.writer_box.findData(chosen)) if chosen is not None else 0)
        self._show()

    def show_progress(self, share: float | None) -> None:
        """How much of an import or export is done; None while there is none."""
        for part in (self.progress_bar, self.cancel_button):
            part.setVisible(share is not None)
        self.progress_bar.setValue(round(100 * (share or 0.0)))

    @Slot(int)
    def label_selected(self, label: int | None) -> None:
        """File the selected digits under this one."""
        if self.selected:
            self.label_requested.emit(self.selected, label)

    @Slot()
    def _show(self) -> None:
        selected = set(self.selected)
        label, writer = self.class_box.currentData(), self.writer_box.currentData()
        self._shown = sorted(
            (
                digit
                for digit in self._digits
                if (label == ALL or digit.drawing.label == (None if label == NONE else label))
                and (writer is None or digit.writer == writer)
            ),
            # Of equal ones the order stays that in which they were filed.
            key=lambda digit: 10 if digit.drawing.label is None else digit.drawing.label,
        )
        images = [digit.features for digit in self._shown]
        self.grid.set_images(np.array(images, np.float32).reshape(-1, 20, 20), self._caption)
        self.grid.set_selected(place for place, digit in enumerate(self._shown) if digit.key in selected)
        count, rest = len(self._shown), len(self._digits) - len(self._shown)
        self.set_subtitle(f"{counted(count, 'digit')}{f', {rest:,} more' if rest else ''}" if self._digits else "")
        self._on_selection_changed()

    def _caption(self, place: int) -> str:
        digit = self._shown[place]
        name = "none" if digit.drawing.label is None else str(digit.drawing.label)
        return f"{name} · {digit.writer}" if digit.writer else name

    @Slot()
    def _on_selection(self) -> None:
        self._on_selection_changed()
        self.picked.emit(self.selected)

    def _on_selection_changed(self) -> None:
        for button in (self.delete_button, self.mine_button):
            button.setEnabled(bool(self.grid.selected))

    @Slot(int)
    def _on_activated(self, place: int) -> None:
        self.activated.emit(self._shown[place].key)

    @Slot()
    def _on_delete(self) -> None:
        if self.selected:
            self.delete_requested.emit(self.selected)

    @Slot()
    def _on_mine(self) -> None:
        if self.selected:
            self.writer_requested.emit(self.selected)
