"""What the user does with single digits: select them in all tabs, draw one, put labels right."""

from PySide6.QtCore import QObject, Slot

from gui.lab.drawing_document import OpenedImage
from gui.lab.lab import Lab
from gui.lab.my_digits import MY_DIGITS_KEY
from gui.workspaces.data.digits_card import DigitsCard
from gui.workspaces.data.inspection import Inspection


class DigitActions(QObject):
    """Between the card of digits and the lab."""

    def __init__(self, lab: Lab, card: DigitsCard, key: str, parent: QObject) -> None:
        """`key` is that of the workspace."""
        super().__init__(parent)
        self._lab, self._card, self._key = lab, card, key
        self._found: Inspection | None = None
        lab.selection.changed.connect(self._on_selection_changed)
        card.picked.connect(self._on_picked)
        card.activated.connect(self._on_activated)
        card.undo_requested.connect(self._on_undo)
        card.grid.digit_pressed.connect(self._on_digit_pressed)
        card.grid.delete_pressed.connect(self._on_delete_pressed)

    def show_inspection(self, found: Inspection | None) -> None:
        """Show the digits of another data set, with those selected that are selected in all tabs."""
        self._found = found
        self._card.show_inspection(found)
        self._on_selection_changed()

    @Slot(object, int)
    def _on_picked(self, ids: list[int], primary: int) -> None:
        self._lab.selection.select(ids, primary=primary if primary >= 0 else None, by=self._key)

    @Slot()
    def _on_selection_changed(self) -> None:
        selection = self._lab.selection
        if selection.changed_by != self._key and self._found is not None:
            self._card.mark(selection.ids, selection.primary)

    @Slot(int)
    def _on_activated(self, number: int) -> None:
        if self._found is not None:
            image = OpenedImage.of_digit(self._found.digits.images[number], self._found.caption(number))
            self._lab.drawing.set_image(image)

    @Slot(int)
    def _on_digit_pressed(self, digit: int) -> None:
        if self._lab.datasets.current.key == MY_DIGITS_KEY:
            self._lab.my_digits.relabel(self._own_keys(), digit)
        else:
            self._lab.edits.relabel(self._lab.datasets.current.key, self._lab.selection.ids, digit)

    @Slot()
    def _on_delete_pressed(self) -> None:
        if self._lab.datasets.current.key == MY_DIGITS_KEY:
            self._lab.my_digits.delete(self._own_keys())
        else:
            self._lab.edits.exclude(self._lab.datasets.current.key, self._lab.selection.ids)

    @Slot()
    def _on_undo(self) -> None:
        own = self._lab.datasets.current.key == MY_DIGITS_KEY
        (self._lab.my_digits.undo_stack if own else self._lab.edits).undo()

    def _own_keys(self) -> list[str]:
        """The keys of the user's own selected digits: they are changed themselves, as their data set is of them."""
        filed = self._lab.my_digits.labelled
        return [filed[number].key for number in self._lab.selection.ids if number < len(filed)]
