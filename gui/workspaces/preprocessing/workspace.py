"""The Preprocessing tab: what becomes of the drawing before the model sees it, and what each step is worth."""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from engine.ink import PreprocessingSteps, drawing_steps, features_from_drawing
from engine.ink.drawing import Drawing
from gui.lab.classifier import Classifier, Prediction
from gui.prediction.feature_preview import CELLS
from gui.theme.manager import ThemeManager
from gui.widgets.card import CARD_SPACING_PX, COMPACT_BELOW_PX, COMPACT_SPACING_PX
from gui.workspaces.preprocessing.comparison import PREVIEW_PX, PredictionComparison, difference_text
from gui.workspaces.preprocessing.step_picture import SMALLEST_SIDE_PX, USUAL_SIDE_PX
from gui.workspaces.preprocessing.step_strip import StepStrip
from gui.workspaces.preprocessing.step_switches import StepSwitches
from gui.workspaces.preprocessing.steps import STEPS, path_without

# The answer beside the canvas comes first; the pictures follow at most this often.
_LEAST_PAUSE_MS: Final = 33
# … and take at most one part in so many of the window's time.
_SHARE: Final = 4.0
_LARGEST_SIDE_PX: Final = 480
_LARGEST_PREVIEW_PX: Final = 321
# What the cards and the arrows take of the strip's width.
_BETWEEN_PX: Final = 130
# From this width on, no sentence below a picture needs three lines.
_TWO_LINES_FROM_PX: Final = 860
FULL_PATH: Final = PreprocessingSteps()


class PreprocessingWorkspace(QWidget):
    """Strip, switches and comparison; computes only while it can be seen."""

    def __init__(
        self,
        themes: ThemeManager,
        recogniser: Classifier,
        drawing: Callable[[], Drawing],
        parent: QWidget | None = None,
    ) -> None:
        """`drawing` gives what is to be shown, in units of the canvas side."""
        super().__init__(parent)
        self.setObjectName("preprocessingWorkspace")
        self.setAccessibleName("Preprocessing")
        self._recogniser = recogniser
        self._drawing = drawing
        self._compact = False
        self._pause_ms = float(_LEAST_PAUSE_MS)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.refresh)
        self.strip = StepStrip(themes)
        self.switches = StepSwitches()
        self.comparison = PredictionComparison(themes)
        self.switches.path_changed.connect(self.refresh)
        self._assemble()

    @Slot()
    def request(self) -> None:
        """The drawing or the model is another: show that soon, if anybody can see it."""
        if self.isVisible() and not self._timer.isActive():
            self._timer.start(round(self._pause_ms))

    @Slot()
    def refresh(self) -> None:
        """Show everything anew."""
        if not self.isVisible():
            return
        began = time.perf_counter()
        drawing, path = self._drawing(), self.switches.path
        self.strip.show_steps(drawing_steps(drawing, path))
        full = self._answer(drawing, FULL_PATH)
        chosen = full if path == FULL_PATH else self._answer(drawing, path)
        self.comparison.show_answers(full, chosen)
        self.switches.difference_label.setText(difference_text(full, chosen, path == FULL_PATH))
        blank = full.features is None
        self.switches.show_without(
            {} if blank else {step.key: self._answer(drawing, path_without(step.key)) for step in STEPS}
        )
        self._pause_ms = max(_LEAST_PAUSE_MS, _SHARE * 1000 * (time.perf_counter() - began))

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was drawn meanwhile."""
        super().showEvent(event)
        self._timer.start(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the pictures as large as leaves everything in sight."""
        super().resizeEvent(event)
        compact = self.height() < COMPACT_BELOW_PX
        if compact != self._compact:
            self._compact = compact
            spacing = COMPACT_SPACING_PX if compact else CARD_SPACING_PX
            self._column.setContentsMargins(0, spacing, 0, 0)
            self._column.setSpacing(spacing)
            for card in (self.strip, self.switches, self.comparison):
                card.set_compact(compact)
        self._size_pictures()

    def _size_pictures(self) -> None:
        lines = 3 if self.width() < _TWO_LINES_FROM_PX else 2
        self.strip.set_picture_side(USUAL_SIDE_PX, caption_lines=lines)
        self.comparison.set_preview_side(PREVIEW_PX)
        self._column.activate()
        spare = self.height() - self._column.totalHeightForWidth(self.width())
        # Of much room, both rows of pictures get their part, in whole pixels for each of the 20 cells.
        larger = max(0, spare) * PREVIEW_PX // (USUAL_SIDE_PX + PREVIEW_PX) // CELLS * CELLS
        larger = min(larger, _LARGEST_PREVIEW_PX - PREVIEW_PX)
        widest = (self.width() - _BETWEEN_PX) // len(self.strip.pictures)
        side = max(SMALLEST_SIDE_PX, min(USUAL_SIDE_PX + spare - larger, _LARGEST_SIDE_PX, widest))
        self.comparison.set_preview_side(PREVIEW_PX + larger)
        self.strip.set_picture_side(side, caption_lines=lines)

    def _answer(self, drawing: Drawing, path: PreprocessingSteps) -> Prediction:
        features = features_from_drawing(drawing, path)
        return self._recogniser.answer(Drawing() if features is None else features)

    def _assemble(self) -> None:
        page = QWidget()
        column = self._column = QVBoxLayout(page)
        column.setContentsMargins(0, CARD_SPACING_PX, 0, 0)
        column.setSpacing(CARD_SPACING_PX)
        column.addWidget(self.strip)
        column.addWidget(self.switches)
        column.addWidget(self.comparison)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
