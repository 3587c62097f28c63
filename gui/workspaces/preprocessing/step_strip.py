"""The strip drawing → centre line → repainted → 20×20."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel

from engine.ink import DrawingStep
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted, mark_title
from gui.widgets.card import Card
from gui.widgets.naming import named
from gui.workspaces.preprocessing.step_picture import StepPicture

NAMES: Final = ("drawing", "centre line", "repainted", "20×20")
_TITLES: Final = ("Drawing", "Centre line", "Repainted", "20×20")
# No step says more.
LONGEST_EXPLANATION: Final = "Cleaned and smoothed, size and place made equal."
# Of an image, in place of the first one.
_INK_TITLE: Final = "Ink found"
EMPTY_TEXT: Final = "Draw a digit on the canvas: here you see what becomes of it before the model answers."


class StepStrip(Card):
    """Four pictures with arrows between them, and a sentence below each."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__("From your drawing to what the model sees", "")
        self.setObjectName("stepStrip")
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        self.pictures: list[StepPicture] = []
        self.captions: list[QLabel] = []
        self.headings: list[QLabel] = []
        for index, (name, title) in enumerate(zip(NAMES, _TITLES, strict=True)):
            picture = StepPicture(themes, name)
            heading = mark_title(QLabel(title))
            caption = mark_muted(QLabel())
            for label in (heading, caption):
                label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            caption.setWordWrap(True)
            policy = caption.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            caption.setSizePolicy(policy)
            grid.addWidget(heading, 0, 2 * index)
            grid.addWidget(picture, 1, 2 * index)
            grid.addWidget(caption, 2, 2 * index)
            grid.setColumnStretch(2 * index, 1)
            if index:
                arrow = mark_muted(QLabel("→"))
                arrow.setAlignment(Qt.AlignmentFlag.AlignCenter)
                grid.addWidget(arrow, 1, 2 * index - 1)
            self.pictures.append(picture)
            self.captions.append(caption)
            self.headings.append(heading)
        self._hint = named(mark_muted(QLabel(EMPTY_TEXT, wordWrap=True)), "stepHint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._hint, 2, 0, 1, 2 * len(NAMES) - 1)
        self.body.addLayout(grid, 1)
        grid.setRowStretch(1, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep room for any sentence: the pictures stay where they are, whatever is said below them."""
        super().resizeEvent(event)
        width = max(1, self.pictures[0].width())
        needed = (
            self.captions[0]
            .fontMetrics()
            .boundingRect(0, 0, width, 0, int(Qt.TextFlag.TextWordWrap), LONGEST_EXPLANATION)
        )
        for caption in self.captions:
            caption.setFixedHeight(needed.height() + 2)

    def show_steps(self, steps: tuple[DrawingStep, ...]) -> None:
        """Show the steps of a drawing; none for a blank one."""
        self._hint.setVisible(not steps)
        self.headings[0].setText(_INK_TITLE if steps and steps[0].name == "ink" else _TITLES[0])
        for index, (picture, caption) in enumerate(zip(self.pictures, self.captions, strict=True)):
            step = steps[index] if steps else None
            picture.set_step(step)
            caption.setVisible(step is not None)
            if step is not None and caption.text() != step.explanation:
                caption.setText(step.explanation)
