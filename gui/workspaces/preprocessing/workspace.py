"""The Preprocessing tab: what becomes of the drawing before the model sees it, and what each step is worth."""

import time
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from engine.ink import PreprocessingSteps, drawing_steps, features_from_drawing
from engine.ink.drawing import Drawing
from gui.lab.classifier import Prediction
from gui.lab.lab import Lab
from gui.prediction.feature_preview import CELLS
from gui.theme.manager import ThemeManager
from gui.widgets.card import CARD_SPACING_PX, COMPACT_BELOW_PX, COMPACT_SPACING_PX
from gui.workspaces.base import Workspace
from gui.workspaces.preprocessing.comparison import PREVIEW_PX, PredictionComparison, difference_text
from gui.workspaces.preprocessing.step_picture import SMALLEST_SIDE_PX, USUAL_SIDE_PX
from gui.workspaces.preprocessing.step_strip import EMPTY_TEXT, StepStrip
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


class PreprocessingWorkspace(Workspace):
    """Strip, switches and comparison of what the lab predicts."""

    key: ClassVar[str] = "preprocessing"
    empty_text: ClassVar[str] = EMPTY_TEXT
    help_text: ClassVar[str] = (
        "Each picture is a step from your drawing to the 20×20 pixels that a model sees. Switch a step off to see what "
        "it is worth for this drawing; the recogniser itself goes on taking all of them."
    )

    def __init__(
        self,
        lab: Lab,
        themes: ThemeManager,
        parent: QWidget | None = None,
        *,
        actions: Mapping[str, QAction] | None = None,
    ) -> None:
        super().__init__(lab, themes, parent, actions=actions)
        self._compact = False
        self._pause_ms = float(_LEAST_PAUSE_MS)
        self.strip = StepStrip(themes)
        self.switches = StepSwitches()
        self.comparison = PredictionComparison(themes)
        self.switches.path_changed.connect(self.refresh_now)
        self._assemble()
        lab.prediction.changed.connect(self.request_refresh)

    def collect_values(self) -> dict[str, Any]:
        """The steps that are switched off."""
        return {"off": [step.key for step in STEPS if not getattr(self.switches.path, step.key)]}

    def apply_values(self, values: Mapping[str, Any]) -> None:
        """Switch the same steps off; anything unknown is left out."""
        off = values.get("off")
        for key, box in self.switches.boxes.items():
            box.setChecked(not (isinstance(off, list) and key in off))

    def refresh_pause_ms(self) -> int:
        """Never so often that the prediction beside the canvas would have to wait."""
        return round(self._pause_ms)

    def refresh(self) -> None:
        """Show everything anew."""
        began = time.perf_counter()
        drawing, path = self.lab.prediction.predicted_drawing(), self.switches.path
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
        return self.lab.classifier.answer(Drawing() if features is None else features)

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
