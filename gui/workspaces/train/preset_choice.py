"""Which preset is trained, and for logistic regression which two digits it tells apart."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from gui.widgets.digit_pair import DigitPair
from gui.widgets.eliding_combo_box import ElidingComboBox
from gui.widgets.filled import filled
from gui.widgets.hidden_label import add_hidden_label
from gui.widgets.naming import named

if TYPE_CHECKING:
    from models.presets.preset import ModelPreset

# On a large screen the list need not be wider than any title.
_MOST_PX = 380


class PresetChoice(QWidget):
    """The list of presets and, beside it, the two digits.

    Attributes:
        selector: the list; each entry's data is the preset's key.
        presets: by their keys, the user's own among them.
        digits: shown only for a preset that tells two digits apart.
    """

    def __init__(self, presets: Mapping[str, "ModelPreset"]) -> None:
        super().__init__()
        self.presets = dict(presets)
        self.selector = named(ElidingComboBox(), "presetSelector", accessible_name="Model to train")
        self.selector.setMaximumWidth(_MOST_PX)
        self.selector.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for name, preset in presets.items():
            self.selector.addItem(preset.title, name)
            self.selector.setItemData(self.selector.count() - 1, preset.description, Qt.ItemDataRole.ToolTipRole)
        self.digits = DigitPair()
        # A shown one would move the list away from where the fields begin.
        add_hidden_label("Model to train", self.selector, self)
        row = filled(QHBoxLayout(self), margins=0, spacing=12)
        row.addWidget(self.selector, 100, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.digits)
        # What the list may not take is left at the right end.
        row.addStretch(1)

    def offer(self, preset: "ModelPreset") -> None:
        """Put an entry at the end, or change the one of this name, and choose it."""
        self.presets[preset.name] = preset
        place = self.selector.findData(preset.name)
        if place < 0:
            self.selector.addItem(preset.title, preset.name)
            place = self.selector.count() - 1
        self.selector.setItemText(place, preset.title)
        self.selector.setItemData(place, preset.description, Qt.ItemDataRole.ToolTipRole)
        self.selector.setCurrentIndex(place)

    def withdraw(self, name: str) -> None:
        """Take an entry away; a chosen one gives way to the first."""
        place = self.selector.findData(name)
        if place >= 0:
            self.selector.removeItem(place)
            del self.presets[name]


def has_digit_choice(preset: "ModelPreset") -> bool:
    """Whether it tells two digits apart, which the user chooses."""
    return preset.task == "binary"


def same_network(one: "ModelPreset", other: "ModelPreset") -> bool:
    """Whether the weights of the one go on in the other: a network of one's own may have been edited meanwhile."""
    if (one.name, one.labels) != (other.name, other.labels):
        return False
    configs = ([(layer.kind, layer.config()) for layer in preset.layers()] for preset in (one, other))
    return one is other or next(configs) == next(configs)
