"""The pen goes first: a training begins no batch between a movement of the pen and the frame that answers it.

Training and window share the cores and Python's interpreter lock, and a batch can wait better than a hand.
"""

from PySide6.QtCore import QObject, QTimer, Slot

from gui.lab.drawing_document import DrawingDocument
from gui.lab.predictor import Predictor
from gui.lab.training_session import TrainingSession


class PenPriority(QObject):
    """Between drawing and prediction on one side and the training on the other."""

    def __init__(
        self,
        drawing: DrawingDocument,
        prediction: Predictor,
        session: TrainingSession,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._waiting = False
        drawing.changed.connect(self._on_drawing_changed)
        prediction.changed.connect(self._on_predicted)

    @Slot()
    def _on_drawing_changed(self) -> None:
        if self._session.active:
            self._waiting = True
            self._session.hold()

    @Slot(object)
    def _on_predicted(self, _prediction: object) -> None:
        if self._waiting:
            self._waiting = False
            # The prediction is painted before a timer of no time comes.
            QTimer.singleShot(0, self, self._on_painted)

    @Slot()
    def _on_painted(self) -> None:
        # Unless the pen has moved on: the way is still needed then.
        if not self._waiting:
            self._session.release()
