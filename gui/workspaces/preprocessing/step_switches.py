"""One switch a step, with the reason for it and what the model would say without it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QPushButton, QSizePolicy

from engine.evaluation.wording import percent
from engine.ink import PreprocessingSteps
from gui.lab.classifier import Prediction
from gui.theme.stylesheet import mark_muted, mark_title
from gui.widgets.card import Card
from gui.widgets.naming import named
from gui.workspaces.preprocessing.steps import STEPS, path_of


class StepSwitches(Card):
    """The chosen path.

    Signals:
        path_changed: another step is on or off.
    """

    path_changed = Signal()

    def __init__(self) -> None:
        super().__init__("What each step is worth", "")
        self.setObjectName("stepSwitches")
        self.boxes: dict[str, QCheckBox] = {}
        self.without: dict[str, QLabel] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for row, step in enumerate(STEPS):
            box = QCheckBox(step.title)
            box.setObjectName(f"{step.key}Switch")
            box.setAccessibleName(step.title)
            box.setAccessibleDescription(step.reason)
            box.setToolTip(
                f"{step.reason}\nSwitch it off to see the answer without it; the recogniser always takes it."
            )
            box.setChecked(True)
            box.toggled.connect(self._on_toggled)
            reason = mark_muted(QLabel(step.reason, wordWrap=True))
            answer = QLabel("–")
            answer.setObjectName(f"{step.key}Without")
            answer.setToolTip(f"What the model says when every step but “{step.title.lower()}” is taken")
            grid.addWidget(box, row, 0)
            grid.addWidget(reason, row, 1)
            grid.addWidget(answer, row, 2)
            self.boxes[step.key] = box
            self.without[step.key] = answer
        grid.setColumnStretch(1, 1)
        # Wide enough for any answer: the sentences beside it would be broken anew with every movement of the pen.
        grid.setColumnMinimumWidth(2, self.fontMetrics().horizontalAdvance("without: 7 · 100.0 %") + 4)
        self.body.addLayout(grid)
        self.difference_label = named(mark_title(QLabel(wordWrap=True)), "differenceLabel")
        self.body.addWidget(self.difference_label)
        self.all_button = named(
            QPushButton("All on"), "allStepsButton", "Switch every step on, as the recogniser does", "All steps on"
        )
        self.all_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.all_button.setEnabled(False)
        self.all_button.clicked.connect(self.switch_all_on)
        self.header.addWidget(self.all_button)
        self.subtitle_label.hide()
        self.header.insertStretch(1, 1)

    @property
    def path(self) -> PreprocessingSteps:
        """The steps that are on."""
        return path_of({key: box.isChecked() for key, box in self.boxes.items()})

    @Slot()
    def switch_all_on(self) -> None:
        """Take every step."""
        for box in self.boxes.values():
            box.setChecked(True)

    def show_without(self, answers: dict[str, Prediction]) -> None:
        """Show by the steps' keys what the model says without each; empty for a blank drawing."""
        for key, label in self.without.items():
            answer = answers.get(key)
            text = "–"
            if answer is not None and answer.probabilities is not None:
                sure = "" if answer.confidence is None else f" · {percent(answer.confidence)}"
                text = "without: no digit" if answer.rejected else f"without: {answer.best}{sure}"
            if label.text() != text:
                label.setText(text)

    @Slot()
    def _on_toggled(self) -> None:
        self.all_button.setEnabled(not all(box.isChecked() for box in self.boxes.values()))
        self.path_changed.emit()
