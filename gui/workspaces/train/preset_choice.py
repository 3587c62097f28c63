"""Which preset is trained, and for logistic regression which two digits it tells apart."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gui.theme.stylesheet import mark_muted
from gui.widgets.digit_pair import DigitPair
from gui.widgets.scroll_safe_combo_box import ScrollSafeComboBox

if TYPE_CHECKING:
    from models.presets.preset import ModelPreset

_GAP_PX = 12
_LEAST_PX = 150
# On a large screen the list need not be wider than any title.
_MOST_PX = 380
_MOST_COMPACT_PX = 280
_DIGITS_PX = 200
_UNLIMITED_PX = 16_777_215


class PresetChoice(QWidget):
    """The list of presets and, beside it, the two digits.

    Attributes:
        selector: the list; each entry's data is the preset's key.
        digits: shown only for a preset that tells two digits apart.
    """

    def __init__(self, presets: Mapping[str, "ModelPreset"], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selector = ScrollSafeComboBox()
        self.selector.setObjectName("presetSelector")
        self.selector.setAccessibleName("Model to train")
        self.selector.setMinimumWidth(_LEAST_PX)
        self.selector.setMaximumWidth(_MOST_PX)
        self.setMaximumWidth(_MOST_PX + _DIGITS_PX)
        for name, preset in presets.items():
            self.selector.addItem(preset.title, name)
            self.selector.setItemData(self.selector.count() - 1, preset.description, Qt.ItemDataRole.ToolTipRole)
        self.digits = DigitPair()
        self._label = mark_muted(QLabel("Model"))
        self._label.setBuddy(self.selector)
        layout = self._grid = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(_GAP_PX)
        layout.setVerticalSpacing(4)
        layout.addWidget(self._label, 0, 0)
        layout.addWidget(self.selector, 1, 0)
        layout.addWidget(self.digits, 0, 1, 3, 1)
        # What the list may not take is left at the right end.
        layout.setColumnStretch(0, 100)
        layout.setColumnStretch(2, 1)
        layout.setRowStretch(2, 1)

    def set_compact(self, compact: bool) -> None:
        """Leave the captions out, for a place between buttons."""
        self._label.setVisible(not compact)
        self.selector.setMaximumWidth(_MOST_COMPACT_PX if compact else _MOST_PX)
        # Narrower than its place between the buttons, it would stand in the middle of that.
        self.setMaximumWidth(_UNLIMITED_PX if compact else _MOST_PX + _DIGITS_PX)
        # The caption's row would keep its distance from the next one, as the digits reach into it.
        self._grid.setVerticalSpacing(0 if compact else 4)
        self.digits.set_compact(compact)
