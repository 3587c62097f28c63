"""A small sheet that makes one data set of several."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.lab.dataset_library import DatasetEntry
from gui.theme.stylesheet import mark_invalid
from gui.widgets.eliding_label import ElidingLabel
from gui.widgets.filled import filled
from gui.widgets.naming import named
from gui.widgets.spin_boxes import SpinBox
from gui.workspaces.data.labeled import labeled

_MOST = 1_000_000


class MixtureSheet(QWidget):
    """A switch for each data set, and how many digits of each are taken at most.

    Signals:
        mix_requested(keys, most): at least two data sets; most is None for all digits.
    """

    mix_requested = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("mixtureSheet")
        self.switches: dict[str, QCheckBox] = {}
        self._list = filled(QVBoxLayout(), spacing=4)
        self.most_spin = named(SpinBox(), "mostOfEach")
        self.most_spin.setRange(0, _MOST)
        self.most_spin.setSpecialValueText("all digits")
        self.most_spin.setSingleStep(500)
        self.most_spin.lineEdit().setTextMargins(6, 0, 0, 0)
        self.most_spin.setToolTip("Takes so many digits of each data set, drawn in equal shares of the classes")
        self.mix_button = named(QPushButton("Mix"), "mixButton", "Make one data set of those that are switched on")
        self.mix_button.clicked.connect(self._on_mix)
        self._hint = ElidingLabel("")
        mark_invalid(self._hint, True)
        row = filled(QHBoxLayout(), labeled("At most of each", self.most_spin), (self._hint, 1), self.mix_button)
        filled(QVBoxLayout(self), self._list, row, margins=0)

    def show_entries(self, entries: list[DatasetEntry]) -> None:
        """Offer all data sets that are no mixtures; what was switched on stays on."""
        wanted = {entry.key: entry.title for entry in entries if not entry.parts}
        if list(wanted) == list(self.switches):
            return
        on = {key for key, switch in self.switches.items() if switch.isChecked()}
        for switch in self.switches.values():
            self._list.removeWidget(switch)
            switch.deleteLater()
        self.switches = {key: QCheckBox(title) for key, title in wanted.items()}
        for key, switch in self.switches.items():
            switch.setChecked(key in on)
            self._list.addWidget(switch)

    @Slot()
    def _on_mix(self) -> None:
        keys = tuple(key for key, switch in self.switches.items() if switch.isChecked())
        self._hint.set_full_text("" if len(keys) > 1 else "Switch on at least two data sets; import one first.")
        if len(keys) > 1:
            self.mix_requested.emit(keys, self.most_spin.value() or None)
