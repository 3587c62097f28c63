"""Answers drawings with networks that belong to the window alone."""

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.drawing import Drawing
from engine.errors import EngineError
from engine.model import Model
from engine.network import Sequential
from engine.parameters import FloatArray
from engine.preprocessing import features_from_drawing
from gui.answer_text import (
    BLANK_TEXT,
    BROKEN_DETAIL,
    BROKEN_TEXT,
    describe_angle,
    describe_classes,
    describe_properties,
)

# What can be asked: a drawing, or the features of an image, (20, 20).
Question = Drawing | FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a model says about a drawing.

    Attributes:
        features: (20, 20) as the model received it, or None for a blank drawing.
        probabilities: (labels,), in the order of `labels`; for "regression" the value; None where there is no answer.
        labels: the names of the outputs.
        task: "binary", "multiclass", "multilabel" or "regression"; "" without a model.
        best: the answer as a short text: the class, the true properties, the degrees; "" where there is none.
        confidence: the best class's probability; None for other tasks and where there is no answer.
        text: what is shown in large.
        detail: the line below.
    """

    features: FloatArray | None = None
    probabilities: FloatArray | None = None
    labels: tuple[str, ...] = ()
    task: str = ""
    best: str = ""
    confidence: float | None = None
    text: str = BLANK_TEXT
    detail: str = ""


class Recogniser(QObject):
    """Keeps the model that answers.

    The networks that compute are the recogniser's own: a replica of the model's, so that the model may be used in
    another thread at the same time, and a copy with its own numbers for the snapshots of a training in progress.

    Signals:
        model_changed: another model, or other weights of it, will answer from now on.
    """

    model_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model: Model | None = None
        self._answering: Model | None = None
        self._in_training = False

    @property
    def model(self) -> Model | None:
        """The model that was given to `set_model`."""
        return self._model

    @property
    def in_training(self) -> bool:
        """Whether the answers come from a snapshot of a training."""
        return self._in_training

    @property
    def parameter_count(self) -> int:
        """How many numbers the model has learned; 0 without a model."""
        return self._answering.network.count_params() if self._answering is not None else 0

    def set_model(self, model: Model) -> None:
        """Answer with this model; its numbers are shared, so nothing is copied."""
        self._model = model
        self._answering = replace(model, network=model.network.replica())
        self._in_training = False
        self.model_changed.emit()

    def set_weights(self, snapshot: FloatArray) -> None:
        """Answer with a snapshot of the model's weights (see `ParameterStore.snapshot`); the model keeps its own.

        Raises:
            EngineError: there is no model yet.
            ShapeError: the snapshot is of another network.
        """
        if self._model is None or self._answering is None:
            raise EngineError("There is no model yet that the weights could belong to.")
        if not self._in_training:
            self._answering = replace(self._model, network=_independent_copy(self._model.network))
            self._in_training = True
        self._answering.network.store.restore(snapshot)
        self.model_changed.emit()

    def answer(self, question: Question) -> Answer:
        """What the model says; a blank drawing, or no model, gives an answer without probabilities."""
        if isinstance(question, Drawing):
            features = None if question.is_blank else features_from_drawing(question)
        else:
            features = question
        model = self._answering
        if model is None:
            return Answer(features, text=BLANK_TEXT if features is None else BROKEN_TEXT)
        if features is None:
            return Answer(None, None, model.labels, model.task)
        # A network that diverges may overflow on its way to an answer; that is told in words.
        with np.errstate(all="ignore"):
            values = np.asarray(model.answer(features)[0], np.float64)
        values.flags.writeable = False
        if not np.isfinite(values).all():
            return Answer(features, None, model.labels, model.task, text=BROKEN_TEXT, detail=BROKEN_DETAIL)
        if model.task == "regression":
            text, detail = describe_angle(float(values[0]))
            return Answer(features, values, model.labels, model.task, text, None, text, detail)
        if model.task == "multilabel":
            text, detail = describe_properties(model.labels, values)
            return Answer(features, values, model.labels, model.task, text, None, text, detail)
        text, detail = describe_classes(model.labels, values)
        return Answer(features, values, model.labels, model.task, text, float(values.max()), text, detail)


def _independent_copy(network: Sequential) -> Sequential:
    """A network of the same layers and loss that shares no numbers."""
    twin = Sequential.from_config(network.config(), name=network.name, dtype=network.dtype)
    twin.build(network.input_shape)
    twin.loss = network.loss
    return twin
