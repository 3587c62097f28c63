"""Asks the model that the library chose about what is on the canvas, or about an image in its place."""

from PySide6.QtCore import QObject, Slot

from engine.core.parameters import FloatArray
from engine.ink.drawing import Drawing
from gui.canvas.drawing_canvas import DrawingCanvas
from gui.lab.classifier import Classifier, Prediction, PredictionRequest
from gui.lab.model_library import LibraryEntry, ModelLibrary
from gui.prediction.panel import PredictionPanel


class Predictor(QObject):
    """Between canvas, library, recogniser and prediction panel."""

    def __init__(
        self,
        canvas: DrawingCanvas,
        library: ModelLibrary,
        recogniser: Classifier,
        panel: PredictionPanel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._library = library
        self._recogniser = recogniser
        self._panel = panel
        # The 20×20 of an image, or of the drawing since its last change: asked again without preprocessing.
        self._features: FloatArray | None = None
        # First: a change of the drawing takes an image away before the answer is asked for.
        canvas.drawing_changed.connect(self._on_drawing_changed)
        panel.follow(canvas, self._question)
        panel.answered.connect(self._on_answered)
        panel.model_chosen.connect(library.choose)
        library.chosen.connect(self._on_chosen)
        library.entries_changed.connect(self._on_entries_changed)
        self._on_entries_changed()

    def show_image(self, features: FloatArray) -> None:
        """Answer an image, (20, 20), instead of the drawing, until something is drawn."""
        self._canvas.clear()
        self._features = features
        self._panel.request_answer()

    def shown_drawing(self) -> Drawing:
        """What the panel shows: the drawing, or of a number the chosen digit's strokes."""
        drawing, answer = self._canvas.drawing(), self._panel.answer
        if answer.number is None:
            return drawing
        places = answer.number.digits[answer.digit].strokes
        return Drawing(tuple(drawing.strokes[place] for place in places if place < len(drawing.strokes)))

    @Slot(bool)
    def set_reads_numbers(self, on: bool) -> None:
        """Read several digits as one number, or take every drawing for one digit."""
        if not self._canvas.is_blank:
            self._features = None
        self._recogniser.set_reads_numbers(on)

    def _question(self) -> PredictionRequest:
        return self._features if self._features is not None else self._canvas.drawing()

    @Slot()
    def _on_drawing_changed(self) -> None:
        self._features = None

    @Slot(object)
    def _on_answered(self, answer: Prediction) -> None:
        # Several strokes may be a number, for this model or for the next one: that is read from the drawing.
        if self._recogniser.reads_numbers and len(self._canvas.drawing().strokes) > 1:
            self._features = None
        else:
            self._features = answer.features

    @Slot(object)
    def _on_chosen(self, entry: LibraryEntry) -> None:
        if entry.model is not None:
            self._recogniser.set_model(entry.model)
        self._panel.select_model(entry.key)

    @Slot()
    def _on_entries_changed(self) -> None:
        current = self._library.current
        models = [(entry.key, entry.title) for entry in self._library.entries]
        self._panel.set_models(models, current.key if current is not None else "")
