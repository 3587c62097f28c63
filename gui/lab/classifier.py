"""Answers drawings with networks that belong to the window alone."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.core.parameters import FloatArray
from engine.core.steps import finished
from engine.errors import EngineError
from engine.evaluation.calibration import DOUBTED_TEXT, REJECTED_TEXT
from engine.ink import features_from_drawing
from engine.ink.drawing import Drawing
from engine.sequential import Sequential
from engine.storage.model import Model
from engine.threads.blas_threads import BlasLimit
from gui.lab.drawing_document import OpenedImage
from gui.lab.wording import (
    BLANK_TEXT,
    BROKEN_DETAIL,
    BROKEN_TEXT,
    describe_angle,
    describe_classes,
    describe_number,
    describe_properties,
    describe_refusal,
)

if TYPE_CHECKING:
    from models.reading.numbers import Memory, NumberReading

# What can be asked: a drawing, an opened image, or features, (20, 20).
PredictionRequest = Drawing | OpenedImage | FloatArray


_WARM_UP = Drawing.from_points([[(0.1, 0.1), (0.2, 0.5), (0.1, 0.9)], [(0.7, 0.1), (0.8, 0.5), (0.7, 0.9)]])


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What a model says about a drawing.

    Of a number, the features and probabilities are those of one digit: the newest, or the one that `of_digit` took.

    Attributes:
        features: (20, 20) as the model received it, or None for a blank drawing.
        probabilities: (labels,), in the order of `labels`; for "regression" the value; None where there is no answer.
        labels: the names of the outputs.
        task: "binary", "multiclass", "multilabel" or "regression"; "" without a model.
        best: the answer as a short text: the class, the true properties, the degrees; "" where there is none.
        confidence: the best class's probability; None for other tasks and where there is no answer.
        text: what is shown in large.
        detail: the line below.
        number: the digits, where the drawing holds more than one; else None.
        digit: which of them the features and probabilities belong to.
        rejected: whether the drawing is nothing that the model knows, by the rule of `engine.evaluation.calibration`.
        doubtful: of a number the positions of the digits that would be rejected alone.
    """

    features: FloatArray | None = None
    probabilities: FloatArray | None = None
    labels: tuple[str, ...] = ()
    task: str = ""
    best: str = ""
    confidence: float | None = None
    text: str = BLANK_TEXT
    detail: str = ""
    number: "NumberReading | None" = None
    digit: int = 0
    rejected: bool = False
    doubtful: frozenset[int] = frozenset()

    def of_digit(self, index: int) -> "Prediction":
        """The same answer with the features and probabilities of another digit of the number."""
        if self.number is None:
            return self
        chosen = self.number.digits[index]
        return replace(self, features=chosen.features, probabilities=chosen.probabilities, digit=index)

    def label_of(self, index: int) -> str:
        """A digit of the number as it is shown: with a question mark where it is in doubt."""
        label = self.number.digits[index].label if self.number is not None else ""
        return f"{label}?" if index in self.doubtful else label


class Classifier(QObject):
    """Keeps the model that answers.

    The networks that compute are the classifier's own: a replica of the model's, so that the model may be used in
    another thread at the same time, and a copy with its own parameters for the snapshots of a training in progress.

    Signals:
        model_changed: another model, or other weights of it, will answer from now on.
    """

    model_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model: Model | None = None
        self._answering: Model | None = None
        self._in_training = False
        self._reads_numbers = True
        self._blas: BlasLimit | None = None
        # What the model said of the strokes of a drawing in progress.
        self._memory: Memory = {}

    def warm_up(self) -> None:
        """Get ready for answers in a few milliseconds, whatever is drawn and whatever else the machine does.

        Keeps BLAS to one thread: it would share the small products of one drawing among all cores, and wait for the
        one that is busy with something else. Answers a number once, for the first answer of each kind takes longest.
        """
        if self._blas is None:
            self._blas = BlasLimit(1)
        self.answer(_WARM_UP)
        self._memory.clear()

    def release(self) -> None:
        """Give BLAS its threads back, at the end."""
        if self._blas is not None:
            self._blas.release()
            self._blas = None

    @property
    def reads_numbers(self) -> bool:
        """Whether a drawing of several digits is read as a number."""
        return self._reads_numbers

    def set_reads_numbers(self, on: bool) -> None:
        """Read several digits as a number, or take every drawing for one digit."""
        if on != self._reads_numbers:
            self._reads_numbers = on
            self.model_changed.emit()

    @property
    def model(self) -> Model | None:
        """The model that was given to `set_model`."""
        return self._model

    @property
    def answering(self) -> Model | None:
        """The model that answers now, with the weights of a training or an epoch; the classifier's own: not to keep."""
        return self._answering

    @property
    def in_training(self) -> bool:
        """Whether the answers come from a snapshot of a training."""
        return self._in_training

    @property
    def parameter_count(self) -> int:
        """How many parameters the model has; 0 without a model."""
        return self._answering.network.count_params() if self._answering is not None else 0

    def set_model(self, model: Model) -> None:
        """Answer with this model; its parameters are shared, so nothing is copied."""
        self._model = model
        self._answering = replace(model, network=model.network.replica())
        self._in_training = False
        self._memory.clear()
        self.model_changed.emit()

    def set_weights(self, snapshot: FloatArray) -> None:
        """Answer with weights of the model, (count,), from `ParameterStore.snapshot`; the model keeps its own.

        Raises:
            EngineError: there is no model yet.
            ShapeError: the snapshot is of another network.
        """
        if self._model is None or self._answering is None:
            raise EngineError("There is no model yet that the weights could belong to.")
        if not self._in_training:
            self._answering = replace(self._model, network=independent_copy(self._model.network))
            self._in_training = True
        self._answering.network.store.restore(snapshot)
        self._memory.clear()
        self.model_changed.emit()

    def answer(self, question: PredictionRequest) -> Prediction:
        """What the model says of strokes or pixels, (20, 20); without probabilities if blank or without a model."""
        return finished(self.answer_in_steps(question))

    def answer_in_steps(self, question: PredictionRequest) -> Generator[None, None, Prediction]:
        """As `answer`, (20, 20) or strokes, in steps of a few milliseconds; to be given up when the model changes."""
        number = None if isinstance(question, np.ndarray) else (yield from self._read_number(question))
        return number if number is not None else self.answer_as_one(question)

    def answer_as_one(self, question: PredictionRequest) -> Prediction:
        """What the model says of all strokes, or of pixels, (20, 20), together, as one digit."""
        if isinstance(question, OpenedImage):
            features = question.features
        elif isinstance(question, Drawing):
            # All strokes together may have been looked at just now, as one of the ways to cut a number.
            seen = self._memory.get(question.strokes)
            features = None if question.is_blank else seen.features if seen else features_from_drawing(question)
        else:
            features = question
        model = self._answering
        if model is None:
            return Prediction(features, text=BLANK_TEXT if features is None else BROKEN_TEXT)
        if features is None:
            return Prediction(None, None, model.labels, model.task)
        return answer_features(model, features)

    def _read_number(self, question: Drawing | OpenedImage) -> Generator[None, None, Prediction | None]:
        """The answer to a drawing or an image of several digits; None for any other."""
        model = self._answering
        if not self._reads_numbers or model is None:
            return None
        # Imported here, as most drawings have one stroke, and the window's first answer should not wait for it.
        if isinstance(question, OpenedImage):
            if question.pieces is None:
                return None
            from models.reading.images import find_number_in_image

            reading = find_number_in_image(model, question.pieces)
        else:
            if len(question.strokes) < 2:
                return None
            from models.reading.numbers import find_number_in_steps

            reading = yield from find_number_in_steps(model, question, self._memory)
        if reading is None:
            return None
        doubtful = reading.doubtful
        newest = max(range(len(reading.digits)), key=lambda index: max(reading.digits[index].strokes))
        answer = Prediction(
            None, None, model.labels, model.task, reading.text, reading.confidence, reading.text,
            describe_number(reading.confidence), reading, doubtful=doubtful,
        )  # fmt: skip
        return answer.of_digit(newest)


def answer_features(model: Model, features: FloatArray) -> Prediction:
    """What a model says about one digit, (20, 20); its network may belong to no other thread meanwhile."""
    said = model.answer_one(features)
    values = said.values
    if not np.isfinite(values).all():
        return Prediction(features, None, model.labels, model.task, text=BROKEN_TEXT, detail=BROKEN_DETAIL)
    if model.task == "regression":
        text, detail = describe_angle(float(values[0]))
        return Prediction(features, values, model.labels, model.task, text, None, text, detail)
    if model.task == "multilabel":
        text, detail = describe_properties(model.labels, values)
        return Prediction(features, values, model.labels, model.task, text, None, text, detail)
    text, detail = describe_classes(model.labels, values)
    answer = Prediction(features, values, model.labels, model.task, text, float(values.max()), text, detail)
    if not said.rejected:
        return answer
    words = DOUBTED_TEXT.format(label=text) if said.doubted else REJECTED_TEXT
    return replace(answer, text=words, detail=describe_refusal(model.labels, values), rejected=True)


def independent_copy(network: Sequential) -> Sequential:
    """A network of the same layers and loss that shares no numbers, and has others."""
    twin = Sequential.from_config(network.config(), name=network.name, dtype=network.dtype)
    twin.build(network.example_shape)
    twin.loss = network.loss
    return twin
