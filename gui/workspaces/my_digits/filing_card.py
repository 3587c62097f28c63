"""Right or wrong? One click files the drawing on the canvas under its true digit."""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from gui.lab.classifier import Prediction
from gui.theme.stylesheet import mark_muted
from gui.widgets.card import Card

NOBODY = "nobody in particular"


class FilingCard(Card):
    """A button for each digit, one for none, and who writes.

    Signals:
        filed(label): the drawing is this digit.
        refused: it is no digit.
        writer_chosen(name): who writes from now on, "" for nobody in particular.
    """

    filed = Signal(int)
    refused = Signal()
    writer_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Right or wrong?", "", parent)
        self.buttons = []
        row = QHBoxLayout()
        row.setSpacing(4)
        for digit in range(10):
            button = QPushButton(str(digit))
            button.setObjectName(f"fileAs{digit}Button")
            button.setAccessibleName(f"It is a {digit}")
            button.setToolTip(f"File the drawing as a {digit}; on the canvas the key {digit} does the same")
            button.setMinimumWidth(30)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(partial(self.filed.emit, digit))
            row.addWidget(button, 1)
            self.buttons.append(button)
        self.none_button = QPushButton("Not a digit")
        self.none_button.setObjectName("notADigitButton")
        self.none_button.setToolTip("File the drawing as no digit; on the canvas the key N does the same")
        self.none_button.clicked.connect(self.refused)
        row.addWidget(self.none_button)
        self.body.addLayout(row)
        self.writer_box = QComboBox()
        self.writer_box.setObjectName("writerBox")
        self.writer_box.setAccessibleName("Writer")
        self.writer_box.setToolTip("Who draws now: type a name, or choose one; it is kept with every digit")
        self.writer_box.setEditable(True)
        self.writer_box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.writer_box.setMinimumContentsLength(12)
        edit = self.writer_box.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(NOBODY)
            edit.setMaxLength(60)
            edit.editingFinished.connect(self._on_edited)
        self.writer_box.activated.connect(self._on_edited)
        label = mark_muted(QLabel("Writer"))
        label.setBuddy(self.writer_box)
        self.header.addWidget(label)
        self.header.addWidget(self.writer_box)
        self.subtitle_label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._writer = ""
        self.show_prediction(Prediction())

    def show_writers(self, writers: list[str], current: str) -> None:
        """Offer these names."""
        self._writer = current
        blocked = self.writer_box.blockSignals(True)
        self.writer_box.clear()
        self.writer_box.addItems(writers)
        self.writer_box.setCurrentText(current)
        self.writer_box.blockSignals(blocked)

    def show_prediction(self, prediction: Prediction) -> None:
        """Say what the model took the drawing for, and whether there is anything to file."""
        there = prediction.features is not None
        for button in (*self.buttons, self.none_button):
            button.setEnabled(there)
        said = f"The model says {prediction.text}. " if prediction.probabilities is not None else ""
        self.set_subtitle(f"{said}What did you mean?" if there else "Draw a digit, then press the one that you meant.")

    @Slot()
    def _on_edited(self) -> None:
        writer = " ".join(self.writer_box.currentText().split())
        if writer != self._writer:
            self._writer = writer
            self.writer_chosen.emit(writer)
