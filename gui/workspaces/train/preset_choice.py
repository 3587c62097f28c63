"""Which preset is trained, and for logistic regression which two digits it tells apart."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from gui.widgets.digit_pair import DigitPair
from gui.widgets.eliding_combo_box import ElidingComboBox
from gui.widgets.hidden_label import add_hidden_label

if TYPE_CHECKING:
    from models.presets.preset import ModelPreset

# On a large screen the list need not be wider than any title.
_MOST_PX = 380


class PresetChoice(QWidget):
    """The list of presets and, beside it, the two digits.

    Attributes:
        selector: the list; each entry's data is the preset's key.
        digits: shown only for a preset that tells two digits apart.
    """

    def __init__(self, presets: Mapping[str, "ModelPreset"], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selector = ElidingComboBox()
        self.selector.setObjectName("presetSelector")
        self.selector.setAccessibleName("Model to train")
        self.selector.setMaximumWidth(_MOST_PX)
        self.selector.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for name, preset in presets.items():
            self.selector.addItem(preset.title, name)
            self.selector.setItemData(self.selector.count() - 1, preset.description, Qt.ItemDataRole.ToolTipRole)
        self.digits = DigitPair()
        # A shown one would move the list away from where the fields begin.
        add_hidden_label("Model to train", self.selector, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.selector, 100, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.digits)
        # What the list may not take is left at the right end.
        row.addStretch(1)
