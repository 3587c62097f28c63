"""Right or wrong: what is drawn now is filed under the digit that it is."""

from PySide6.QtCore import QObject, Signal, Slot

from engine.ink.drawing import Drawing, Stroke
from gui.lab.drawing_document import DrawingDocument
from gui.lab.kept_picture import PICTURE, mnist_frame, picture_text
from gui.lab.messages import Messages
from gui.lab.my_digits import NOT_A_DIGIT, WHAT, WRITER, MyDigits
from gui.lab.predictor import Predictor
from gui.services.settings import Settings


class Filing(QObject):
    """Files the drawing on the canvas, of a number the chosen digit; filed again, it gets another label.

    Signals:
        confirmed: what is drawn is what somebody asked for.
    """

    confirmed = Signal()

    def __init__(
        self,
        drawing: DrawingDocument,
        prediction: Predictor,
        my_digits: MyDigits,
        settings: Settings,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self._prediction = prediction
        self._my_digits = my_digits
        self._settings = settings
        self._messages = messages
        # What was filed last, and under which key.
        self._filed: tuple[object, str] = ((), "")

    @Slot(int)
    def file_digit(self, label: int) -> None:
        """What is drawn is this digit."""
        self._file(label)

    @Slot()
    def file_not_a_digit(self) -> None:
        """What is drawn is none."""
        self._file(None)

    def _file(self, label: int | None) -> bool:
        self._drawing.lift_pen()
        self._prediction.predict_now()
        newest, image = self._prediction.newest, self._drawing.image
        if newest.features is None:
            self._messages.message.emit("There is nothing to file: draw a digit, then say which one it is.")
            return False
        name = "no digit" if label is None else f"a {label}"
        strokes: tuple[Stroke, ...] = () if image is not None else self._prediction.predicted_drawing().strokes
        content = strokes or image
        before, key = self._filed
        if key in self._my_digits and before == content:
            self._my_digits.relabel([key], label)
            self._messages.message.emit(f"Filed as {name} instead.")
            return True
        extra = {WRITER: self._settings.writer} if self._settings.writer else {}
        if label is None:
            extra[WHAT] = NOT_A_DIGIT
        drawing = Drawing(strokes, label, dict(extra))
        if image is not None:
            from engine.data.image_drawings import image_drawing

            if newest.number is None:
                extra[PICTURE] = picture_text(image.pixels)
            drawing = image_drawing(newest.features, label, dict(extra), mnist_frame(image.pixels, newest.features))
        (key,) = self._my_digits.add([(drawing, newest.features.copy())])
        self._filed = (content, key)
        answer = newest.best if newest.number is None else newest.number.digits[newest.digit].label
        said = f"; the model said {answer}" if answer and answer != str(label) else ""
        self._messages.message.emit(f"Filed as {name} in My digits{said}. Another key changes that.")
        return True
