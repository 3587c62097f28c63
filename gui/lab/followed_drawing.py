"""The drawing whose prediction is followed through the training."""

from PySide6.QtCore import QObject, Signal

from engine.core.parameters import FloatArray
from engine.ink import features_from_drawing
from engine.ink.drawing import Drawing
from gui.lab.drawing_document import DrawingDocument


class FollowedDrawing(QObject):
    """What is followed, and what the model in training said of it so far.

    Signals:
        changed: another drawing is followed, or the history starts afresh.
        predicted(epochs, values): what the model says after so many epochs: (labels,) probabilities, or degrees.
    """

    changed = Signal()
    predicted = Signal(float, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drawing = Drawing()
        self._features: FloatArray | None = None
        self._history: list[tuple[float, FloatArray]] = []

    @property
    def drawing(self) -> Drawing:
        """The drawing; blank where nothing is followed, or an image."""
        return self._drawing

    @property
    def features(self) -> FloatArray | None:
        """Its (20, 20) as the model receives it; None where nothing is followed."""
        return self._features

    @property
    def history(self) -> list[tuple[float, FloatArray]]:
        """(epochs, values) in order, as `predicted` told them."""
        return list(self._history)

    def follow(self, drawing: Drawing, features: FloatArray | None = None) -> bool:
        """Follow a drawing, or an image by its features; False, and nothing changes, if there is nothing to follow."""
        if features is None:
            features = None if drawing.is_blank else features_from_drawing(drawing)
        if features is None:
            return False
        self._drawing, self._features = drawing, features
        self.restart()
        return True

    def stands_on(self, document: DrawingDocument) -> bool:
        """Whether the drawing, or image, that is followed is the one on the canvas now."""
        image = document.image
        if image is not None:
            return self._features is not None and image.features is self._features
        strokes = document.strokes
        return bool(strokes) and document.live_stroke is None and strokes == self._drawing.strokes

    def clear(self) -> None:
        """Follow nothing."""
        self._drawing, self._features = Drawing(), None
        self.restart()

    def restart(self) -> None:
        """Forget what was said, as a fresh run begins."""
        self._history.clear()
        self.changed.emit()

    def add(self, epochs: float, values: FloatArray) -> None:
        """Keep what the model says after so many epochs."""
        self._history.append((epochs, values))
        self.predicted.emit(epochs, values)
