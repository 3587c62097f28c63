"""How the digits are cut into training and validation digits."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLabel

from gui.lab.dataset_library import SHARES
from gui.widgets.card import Card
from gui.widgets.field_grid import FieldGrid
from gui.widgets.naming import named
from gui.widgets.spin_boxes import SpinBox
from gui.workspaces.data.inspection import Inspection
from gui.workspaces.data.labeled import labeled

_MOST_SEED = 1_000_000
_FIELD_PX = 80


class SplitCard(Card):
    """Share, seed, and whether writers stay together.

    Signals:
        split_requested(share, seed, by_writer): cut them so; seed is None for the usual one.
    """

    split_requested = Signal(float, object, bool)

    def __init__(self) -> None:
        super().__init__("Split", "")
        self.label = named(QLabel(wordWrap=True), "splitLabel")
        self.share_spin = named(SpinBox(), "shareSpin", "The part of the digits that no model learns from")
        self.share_spin.setRange(round(100 * SHARES[0]), round(100 * SHARES[1]))
        self.share_spin.setSuffix(" %")
        self.seed_spin = SpinBox()
        self.seed_spin.setObjectName("seedSpin")
        self.seed_spin.setRange(-1, _MOST_SEED)
        self.seed_spin.setSpecialValueText("usual")
        self.seed_spin.setToolTip("Another seed puts other digits aside; the usual one is that of published scores")
        self.writer_switch = named(QCheckBox("Keep writers together"), "byWriterSwitch")
        for spin in (self.share_spin, self.seed_spin):
            # A number is meant when it is complete, not at each of its digits.
            spin.setKeyboardTracking(False)
            spin.lineEdit().setTextMargins(6, 0, 0, 0)
            spin.valueChanged.connect(self._on_changed)
        self.writer_switch.toggled.connect(self._on_changed)
        row = FieldGrid(_FIELD_PX, 8)
        row.add(labeled("For validation", self.share_spin))
        row.add(labeled("Seed", self.seed_spin))
        self.body.addWidget(self.label)
        self.body.addLayout(row)
        self.body.addWidget(self.writer_switch)

    def show_split(self, share: float, seed: int | None, by_writer: bool) -> None:
        """Show what is wished for."""
        for field in (self.share_spin, self.seed_spin, self.writer_switch):
            field.blockSignals(True)
        self.share_spin.setValue(round(100 * share))
        self.seed_spin.setValue(-1 if seed is None else seed)
        self.writer_switch.setChecked(by_writer)
        for field in (self.share_spin, self.seed_spin, self.writer_switch):
            field.blockSignals(False)

    def show_inspection(self, found: Inspection | None) -> None:
        """Say what came of it."""
        known = found is not None and found.writer_count > 1
        self.writer_switch.setEnabled(known or self.writer_switch.isChecked())
        self.writer_switch.setToolTip(
            "Nobody’s digits are in both parts, so that validation tells how well strangers are read"
            if known
            else "It is not known who wrote these digits"
        )
        if found is None:
            self.label.setText("")
            return
        if found.problem:
            self.label.setText(found.problem)
            return
        training, validation = found.sizes
        people = ""
        if known and self.writer_switch.isChecked() and found.digits.writers is not None:
            held_out = len(set(found.digits.writers[found.part == 2].tolist()))
            people = f", of {held_out:,} of {found.writer_count:,} writers"
        self.label.setText(f"{training:,} training digits · {validation:,} validation digits{people}")

    @Slot()
    def _on_changed(self) -> None:
        seed = self.seed_spin.value()
        self.split_requested.emit(
            self.share_spin.value() / 100, None if seed < 0 else seed, self.writer_switch.isChecked()
        )
