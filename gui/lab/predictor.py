"""Keeps the newest prediction: what the current model says about the drawing, or about the image in its place."""

import math
import time
from collections.abc import Generator
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from engine.core.parameters import FloatArray
from engine.ink.drawing import Drawing, Stroke
from gui.lab.classifier import Classifier, Prediction, PredictionRequest
from gui.lab.drawing_document import DrawingDocument
from gui.lab.wording import LATE_DETAIL

# Two predictions are at least this far apart; the first after a pause comes at once.
FRAME_MS: Final = 2
# … or this share of the time that a prediction takes. The pen's events come first in any case: with a share of 1.1 or
# more, the slowest percent of predictions came half as late again.
_SHARE: Final = 0.5
_LONGEST_PAUSE_MS: Final = 100.0
# Many strokes have many ways to be shared out among digits. The window goes on meanwhile, and after a moment it says
# what all of them together look like.
_SLICE_MS: Final = 4.0
_LATE_MS: Final = 80.0


class Predictor(QObject):
    """Asks the classifier once a frame at most, however many points the pen delivers.

    What it asks depends on the drawing alone, never on who heard of a change first.

    Signals:
        changed(Prediction): the newest prediction is another.
    """

    changed = Signal(object)

    def __init__(self, drawing: DrawingDocument, classifier: Classifier, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self._classifier = classifier
        self._newest = Prediction()
        # The strokes of the digit that the user chose, and of how many: kept until there are more or fewer digits.
        self._chosen: tuple[tuple[int, ...], int] | None = None
        # The strokes that were asked about last, and their 20×20: asked again without preprocessing.
        self._asked: tuple[Stroke, ...] = ()
        self._features: FloatArray | None = None
        self._asked_at = -1e9
        # What is being answered, and whether it is known to take long, and whether there is something newer.
        self._question: PredictionRequest = Drawing()
        self._steps: Generator[None, None, Prediction] | None = None
        self._is_told_late = False
        self._is_newer = False
        self._pause_ms = float(FRAME_MS)
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timer)
        drawing.changed.connect(self.request)
        classifier.model_changed.connect(self._on_model_changed)

    @property
    def newest(self) -> Prediction:
        """The newest prediction."""
        return self._newest

    @property
    def is_due(self) -> bool:
        """Whether a newer prediction is on its way."""
        return self._timer.isActive()

    @Slot()
    def request(self) -> None:
        """The drawing or the model is another: predict soon."""
        self._is_newer = True
        if not self._timer.isActive():
            passed = 1000 * time.perf_counter() - self._asked_at
            # Zero still lets all waiting pen events through first.
            self._timer.start(max(0, round(self._pause_ms - passed)))

    @Slot()
    def predict_now(self) -> None:
        """Predict without waiting for the next frame."""
        self._begin()
        self._go_on(math.inf)

    @Slot()
    def _on_timer(self) -> None:
        # A line that the pen draws on changes with every frame: what was asked is answered first, unless that takes
        # so long that it has been told already.
        finishes = self._drawing.pen_is_down and not self._is_told_late
        if self._steps is None or (self._is_newer and not finishes):
            self._begin()
        self._go_on(_SLICE_MS)

    @Slot()
    def _on_model_changed(self) -> None:
        self._steps = None
        self.request()

    def _begin(self) -> None:
        self._timer.stop()
        self._is_newer = self._is_told_late = False
        self._asked_at = 1000 * time.perf_counter()
        self._question = self._request()
        self._steps = self._classifier.answer_in_steps(self._question)

    def _go_on(self, time_ms: float) -> None:
        """Work on the answer for some time, and show it once it is there."""
        assert self._steps is not None
        end = 1000 * time.perf_counter() + time_ms
        try:
            next(self._steps)
            while 1000 * time.perf_counter() < end:
                next(self._steps)
        except StopIteration as answered:
            self._steps = None
            self._keep_features(answered.value)
            self._show(answered.value)
            taken = 1000 * time.perf_counter() - self._asked_at
            self._pause_ms = min(_LONGEST_PAUSE_MS, max(FRAME_MS, _SHARE * taken))
            if self._is_newer:
                self.request()
            return
        if not self._is_told_late and 1000 * time.perf_counter() - self._asked_at > _LATE_MS:
            self._is_told_late = True
            self._show(replace(self._classifier.answer_as_one(self._question), detail=LATE_DETAIL))
        self._timer.start(0)

    @Slot(int)
    def choose_digit(self, index: int) -> None:
        """Of a number, give the features and probabilities of another digit."""
        number = self._newest.number
        if number is not None and 0 <= index < len(number.digits):
            self._chosen = (number.digits[index].strokes, len(number.digits))
            self._show(self._newest)

    def predicted_ink(self) -> FloatArray | None:
        """Of an opened image the ink, (height, width), that the features belong to; None of strokes."""
        image, number = self._drawing.image, self._newest.number
        if image is None or image.pieces is None or number is None:
            return image.levels if image is not None else None
        strokes = number.digits[self._newest.digit].strokes
        inks = zip(image.pieces.groups, image.pieces.inks, strict=True)
        return next((ink for group, ink in inks if group.strokes == strokes), image.levels)

    def predicted_drawing(self) -> Drawing:
        """What the features belong to: the drawing, or of a number the chosen digit's strokes."""
        drawing, number = self._drawing.drawing(), self._newest.number
        if number is None:
            return drawing
        places = number.digits[self._newest.digit].strokes
        return Drawing(tuple(drawing.strokes[place] for place in places if place < len(drawing.strokes)))

    def close(self) -> None:
        """Predict nothing any more."""
        self._timer.stop()
        self._drawing.changed.disconnect(self.request)
        self._classifier.model_changed.disconnect(self._on_model_changed)

    def _request(self) -> PredictionRequest:
        image = self._drawing.image
        if image is not None:
            return image
        drawing = self._drawing.drawing()
        # Several strokes may be a number, for this model or for the next one: that is read from the drawing.
        several = self._classifier.reads_numbers and len(drawing.strokes) > 1
        if self._features is not None and not several and drawing.strokes == self._asked:
            return self._features
        self._asked = drawing.strokes
        return drawing

    def _keep_features(self, prediction: Prediction) -> None:
        of_strokes = self._drawing.image is None and prediction.number is None
        self._features = prediction.features if of_strokes else None

    def _show(self, prediction: Prediction) -> None:
        self._newest = self._with_chosen_digit(prediction)
        self.changed.emit(self._newest)

    def _with_chosen_digit(self, prediction: Prediction) -> Prediction:
        number = prediction.number
        if number is not None and self._chosen is not None:
            strokes, count = self._chosen
            found = [index for index, digit in enumerate(number.digits) if digit.strokes == strokes]
            if found and count == len(number.digits):
                return prediction.of_digit(found[0])
        self._chosen = None
        return prediction
