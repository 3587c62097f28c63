"""The Preprocessing tab: what becomes of the drawing before the model sees it, and what each step is worth."""

import time
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout

from engine.ink import PreprocessingSteps, drawing_steps, features_from_drawing
from engine.ink.drawing import Drawing
from engine.ink.photos.steps import image_steps
from gui.lab.classifier import Prediction
from gui.lab.lab import Lab
from gui.theme.manager import ThemeManager
from gui.widgets.filled import filled
from gui.widgets.scroll_page import ScrollPage
from gui.workspaces.base import Workspace
from gui.workspaces.preprocessing.comparison import PredictionComparison, difference_text
from gui.workspaces.preprocessing.step_strip import EMPTY_TEXT, StepStrip
from gui.workspaces.preprocessing.step_switches import StepSwitches
from gui.workspaces.preprocessing.steps import STEPS, path_without

# The answer beside the canvas comes first; the pictures follow at most this often.
_LEAST_PAUSE_MS: Final = 33
# … and take at most one part in so many of the window's time.
_SHARE: Final = 4.0
FULL_PATH: Final = PreprocessingSteps()


class PreprocessingWorkspace(Workspace):
    """Strip, switches and comparison of what the lab predicts."""

    key: ClassVar[str] = "preprocessing"
    empty_text: ClassVar[str] = EMPTY_TEXT
    help_text: ClassVar[str] = (
        "Each picture is a step from your drawing to the 20×20 pixels that a model sees. Switch a step off to see what "
        "it is worth for this drawing; the recogniser itself goes on taking all of them."
    )

    def __init__(self, lab: Lab, themes: ThemeManager, *, actions: Mapping[str, QAction] | None = None) -> None:
        super().__init__(lab, themes, actions=actions)
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
        ink, newest = self.lab.prediction.predicted_ink(), self.lab.prediction.newest
        # The switches leave out steps from strokes to pixels; an image takes every step.
        self.switches.setEnabled(ink is None)
        if ink is not None and newest.features is not None:
            self.strip.show_steps(image_steps(ink, newest.features))
            answer = self.lab.classifier.answer(newest.features)
            self.comparison.show_answers(answer, answer)
            self.switches.difference_label.setText("An image takes all steps; draw a digit to leave some out.")
            self.switches.show_without({})
        else:
            self._show_drawing()
        self._pause_ms = max(_LEAST_PAUSE_MS, _SHARE * 1000 * (time.perf_counter() - began))

    def _show_drawing(self) -> None:
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

    def _answer(self, drawing: Drawing, path: PreprocessingSteps) -> Prediction:
        features = features_from_drawing(drawing, path)
        return self.lab.classifier.answer(Drawing() if features is None else features)

    def _assemble(self) -> None:
        column = filled(QVBoxLayout(), (self.strip, 3), self.switches, (self.comparison, 2))
        filled(QVBoxLayout(self), ScrollPage(column, self.themes, self), margins=0)
