"""Asks the recogniser once a frame at most, however many points the pen delivers."""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from gui.lab.classifier import Classifier, Prediction, PredictionRequest

# Two answers are at least this far apart; the first after a pause comes at once.
FRAME_MS: Final = 2
# … or this share of the time that an answer takes. The pen's events come first in any case: with a share of 1.1 or
# more, the slowest percent of answers came half as late again.
_SHARE: Final = 0.5
_LONGEST_PAUSE_MS: Final = 100.0


class PredictionLoop(QObject):
    """Between the canvas and whoever shows the answer.

    Signals:
        answered: the newest `Prediction`.
    """

    answered = Signal(object)

    def __init__(
        self, recogniser: Classifier, question: Callable[[], PredictionRequest], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._recogniser = recogniser
        self._question = question
        self._answer = Prediction()
        self._asked_at = -1e9
        self._pause_ms = float(FRAME_MS)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.answer_now)
        recogniser.model_changed.connect(self.request)

    @property
    def answer(self) -> Prediction:
        """The newest answer."""
        return self._answer

    @Slot()
    def request(self) -> None:
        """The drawing or the model is another: answer soon."""
        if not self._timer.isActive():
            passed = 1000 * time.perf_counter() - self._asked_at
            # Zero still lets all waiting pen events through first.
            self._timer.start(max(0, round(self._pause_ms - passed)))

    @Slot()
    def answer_now(self) -> None:
        """Ask and tell."""
        self._timer.stop()
        began = 1000 * time.perf_counter()
        self._answer = self._recogniser.answer(self._question())
        self.answered.emit(self._answer)
        self._asked_at = began
        taken = 1000 * time.perf_counter() - began
        self._pause_ms = min(_LONGEST_PAUSE_MS, max(FRAME_MS, _SHARE * taken))
