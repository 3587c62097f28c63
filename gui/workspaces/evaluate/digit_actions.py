"""What can be done with the digits of an evaluation, wherever they are shown: select, draw on, put right, leave out."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QUndoStack

from engine.core.parameters import FloatArray, IntArray
from gui.lab.drawing_document import OpenedImage
from gui.lab.lab import Lab
from gui.lab.my_digits import MY_DIGITS_KEY
from gui.workspaces.evaluate.digits_card import DigitsCard
from gui.workspaces.evaluate.evaluation import Evaluation


class DigitActions(QObject):
    """Connects the grids of digits with the lab."""

    def __init__(self, lab: Lab, key: str, cards: Sequence[DigitsCard], parent: QObject) -> None:
        """`key` is that of the workspace, for who listens to the selection."""
        super().__init__(parent)
        self._lab, self._key, self._cards = lab, key, cards
        self._found: Evaluation | None = None
        lab.edits.changed.connect(self._show_edits)
        for card in cards:
            card.picked.connect(self.select)
            card.activated.connect(self._on_activated)
            card.relabel_requested.connect(self._on_relabel)
            card.exclude_requested.connect(self._on_exclude)
            card.undo_keys.undo_requested.connect(self._on_undo)
            card.undo_keys.redo_requested.connect(self._on_redo)

    def show_evaluation(self, found: Evaluation | None) -> None:
        """Whose digits these are from now on."""
        self._found = found
        self._show_edits()

    @Slot(object, int)
    def select(self, places: IntArray | list[int], primary: int) -> None:
        """Select digits, (n,) places in the answers, in all tabs; −1 for no primary one."""
        # The selection counts in the data set that all tabs share.
        found = self._found
        if found is not None and found.data_key == self._lab.datasets.current.key:
            ids = found.ids
            self._lab.selection.select(
                ids[np.asarray(places, np.intp)], primary=int(ids[primary]) if primary >= 0 else None, by=self._key
            )

    @Slot(int, object)
    def _on_activated(self, place: int, features: FloatArray) -> None:
        if self._found is not None:
            self._lab.drawing.set_image(OpenedImage.of_digit(features, self._found.caption(place)))

    @Slot(object, int)
    def _on_relabel(self, places: list[int], digit: int) -> None:
        if self._found is None:
            return
        if self._found.data_key == MY_DIGITS_KEY:
            self._lab.my_digits.relabel(self._own_keys(places), digit)
        else:
            self._lab.edits.relabel(self._found.data_key, self._found.ids[places].tolist(), digit)

    @Slot(object)
    def _on_exclude(self, places: list[int]) -> None:
        """Leave out, or take back where all are out already."""
        if self._found is None:
            return
        if self._found.data_key == MY_DIGITS_KEY:
            self._lab.my_digits.delete(self._own_keys(places))
        else:
            key, ids = self._found.data_key, self._found.ids[places].tolist()
            out = self._lab.edits.of(key).excluded.issuperset(ids)
            (self._lab.edits.restore if out else self._lab.edits.exclude)(key, ids)

    @Slot()
    def _on_undo(self) -> None:
        self._stack.undo()

    @Slot()
    def _on_redo(self) -> None:
        self._stack.redo()

    @property
    def _stack(self) -> QUndoStack:
        own = self._found is not None and self._found.data_key == MY_DIGITS_KEY
        return self._lab.my_digits.undo_stack if own else self._lab.edits.undo_stack

    def _own_keys(self, places: list[int]) -> list[str]:
        """What the user's own digits are known by; they are changed themselves, as their data set is made of them."""
        assert self._found is not None
        filed = self._lab.my_digits.labelled
        images, keys = self._found.answers.images, []
        for place in places:
            position = int(self._found.ids[place])
            # They may have become others since they were judged.
            if position < len(filed) and np.array_equal(filed[position].features, images[place]):
                keys.append(filed[position].key)
        return keys

    @Slot()
    def _show_edits(self) -> None:
        for card in self._cards:
            card.show_edits(self._lab.edits.of(self._found.data_key if self._found is not None else ""))
