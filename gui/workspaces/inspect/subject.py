"""What is inspected now: the model with the weights that are shown, and the drawing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from engine.core.parameters import FloatArray
from engine.inspection.activations import layer_outputs
from engine.inspection.attribution import contrast
from engine.inspection.twin import readable_twin, take_weights
from engine.network.network import Network
from engine.storage.model import Model
from gui.lab.classifier import Prediction
from gui.lab.lab import Lab
from gui.lab.model_titles import epoch_title


@dataclass(frozen=True, eq=False)
class Subject:
    """A model and a drawing at one moment.

    Attributes:
        model: labels, task, preset; its network belongs to the classifier.
        twin: a readable network with the weights at this moment, for the GUI thread alone; it ends with the logits.
        weights: (parameters,), the same weights, read-only.
        network, version, drawing: numbers that never come again: another one whenever the network is another, or the
            weights may differ, or the drawing's pixels do.
        prediction: what the model says of the drawing.
        source: such as "Softmax regression, epoch 7".
    """

    model: Model
    twin: Network
    weights: FloatArray
    network: int
    version: int
    drawing: int
    prediction: Prediction
    source: str

    @property
    def moment(self) -> tuple[int, int]:
        """What belongs to other weights, or to another drawing, has another one and is behind."""
        return self.version, self.drawing

    @property
    def features(self) -> FloatArray | None:
        """The drawing as the model receives it, (20, 20); None for a blank one."""
        return self.prediction.features

    @cached_property
    def outputs(self) -> list[FloatArray]:
        """What each layer makes of the drawing, the drawing itself first; nothing for a blank one."""
        return [] if self.features is None else layer_outputs(self.twin, self.features)

    @property
    def has_classes(self) -> bool:
        """Whether the answer is one of several classes."""
        return self.model.task in ("binary", "multiclass")

    @cached_property
    def ranking(self) -> list[int]:
        """The classes, the likeliest first; of a blank drawing in their order."""
        count = len(self.model.labels)
        if not self.outputs:
            return list(range(count))
        logits = self.outputs[-1]
        values = np.array([-logits[0], logits[0]]) if self.model.task == "binary" else logits
        return [int(place) for place in np.argsort(-values, kind="stable")]

    def contrast(self, answer: int, rival: int | None) -> FloatArray:
        """The weights (outputs,) of z_answer − z_rival."""
        return contrast(self.twin.answer_shape[0], answer, rival)

    def twin_maker(self, *, fused: bool = False, head: bool | None = False) -> Callable[[], Network]:
        """Makes another twin with the same weights, in whichever thread calls it; `head` is `readable_twin`'s."""
        network, weights = self.model.network, self.weights

        def make() -> Network:
            twin = readable_twin(network, fused=fused, head=head)
            take_weights(twin, weights)
            return twin

        return make


class Inspected(QObject):
    """Keeps the twin on the weights that answer.

    Signals:
        replaced: another network answers; what belongs to the one before can be reached no more.
    """

    replaced = Signal()

    def __init__(self, lab: Lab, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lab = lab
        self._twin: Network | None = None
        self._of: object = None
        self._weights: FloatArray = np.zeros(0)
        self._network = self._version = self._drawing = 0
        self._features: FloatArray | None = None
        self._stale = True
        lab.classifier.model_changed.connect(self._on_model_changed)

    def now(self) -> Subject | None:
        """The present subject; None without a model."""
        model = self._lab.classifier.answering
        if model is None:
            return None
        if self._stale or self._twin is None:
            self._stale = False
            self._version += 1
            self._weights = model.network.store.snapshot()
            if self._twin is None:
                self._twin, self._of = readable_twin(model.network, head=False), model.network
                self._network += 1
            take_weights(self._twin, self._weights)
        current = self._lab.models.current
        title = current.title if current is not None else model.title
        if self._lab.live.shown_weights(current) is not None:
            title = epoch_title(title, self._lab.epoch.shown or 0)
        prediction = self._lab.prediction.newest
        # The pixels count, not the array: it is made anew with every answer, and in the place of an earlier one.
        features, known = prediction.features, self._features
        same = features is not None and known is not None and np.array_equal(features, known)
        if features is not known and not same:
            self._drawing += 1
            self._features = features
        if prediction.task != model.task:
            # Of the model before: this one has not answered yet.
            prediction = Prediction(features)
        numbers = (self._network, self._version, self._drawing)
        return Subject(model, self._twin, self._weights, *numbers, prediction, title)

    @Slot()
    def _on_model_changed(self) -> None:
        self._stale = True
        model = self._lab.classifier.answering
        if self._twin is not None and (model is None or model.network is not self._of):
            self._twin = self._of = None
            self.replaced.emit()
