"""A network that knows what it answers: labels, task, the features it was trained on and how it was trained."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.core.parameters import FloatArray
from engine.errors import ShapeError
from engine.evaluation.calibration import UNCALIBRATED, Calibration
from engine.ink import PREPROCESSING_NAME, PREPROCESSING_VERSION
from engine.ink.digit_image import DIGIT_SIDE
from engine.sequential import Sequential

# What a model can be asked. "binary": one of two labels, from one logit; "multiclass": exactly one of the labels;
# "multilabel": each label is true or not; "regression": one number.
TASKS = ("binary", "multiclass", "multilabel", "regression")


@dataclass(frozen=True, slots=True, eq=False)
class ModelPrediction:
    """What a model says about one image.

    Attributes:
        values: (labels,) float64, as a row of `Model.answer`, read-only; not finite where the network diverges.
        rejected: whether the image is nothing that the model knows (`engine.evaluation.calibration`).
        doubted: whether it is rejected, but nearly known.
    """

    values: NDArray[np.float64]
    rejected: bool
    doubted: bool


@dataclass(slots=True, eq=False)
class Model:
    """A built network together with the meaning of its outputs.

    Attributes:
        network: built, with `loss` set (the loss maps logits to probabilities).
        name: key of the preset that it was built from, such as "cnn".
        title: what a person reads, such as "Convolutional network".
        labels: one name an answer; for "binary" the labels of 0 and of 1; for "regression" the unit.
        task: one of `TASKS`.
        preprocessing: name and version of the way from ink to features that the model was trained on.
        training: summary of the training as plain JSON values.
        calibration: how its logits become probabilities, and what it refuses.
    """

    network: Sequential
    name: str
    title: str
    labels: tuple[str, ...]
    task: str
    preprocessing: tuple[str, int] = (PREPROCESSING_NAME, PREPROCESSING_VERSION)
    training: dict[str, Any] = field(default_factory=dict)
    calibration: Calibration = UNCALIBRATED

    def answer(self, features: ArrayLike) -> FloatArray:
        """What the model says about images, one row each.

        Args:
            features: (20, 20) for one image or (n, 20, 20), values in [0, 1].

        Returns:
            (n, labels): probabilities in the order of `labels`. For "binary" the one probability p of the second
            label becomes [1 − p, p]; for "regression" the row holds the value itself, (n, 1).

        Raises:
            ShapeError: the features are no 20×20 images.
        """
        return self.probabilities(self.logits(features))

    def answer_one(self, features: FloatArray) -> ModelPrediction:
        """What the model says about one image, (20, 20), and whether it knows such.

        Raises:
            ShapeError: the features are no 20×20 image.
        """
        # A network that diverges may overflow on its way to an answer.
        with np.errstate(all="ignore"):
            logits = self.logits(features)
            values = np.asarray(self.probabilities(logits)[0], np.float64)
            rejected = bool(self.calibration.rejects(logits)[0])
            doubted = rejected and bool(self.calibration.doubts(logits)[0])
        values.flags.writeable = False
        return ModelPrediction(values, rejected, doubted)

    def probabilities(self, logits: FloatArray) -> FloatArray:
        """What the outputs (n, K) mean, calibrated: probabilities or values, (n, K)."""
        loss = self.network.loss
        predictions = logits if loss is None else self.calibration.probabilities(logits, loss)
        if self.task == "binary":
            return np.concatenate([1 - predictions, predictions], axis=1)
        return predictions

    def rejects(self, features: ArrayLike) -> NDArray[np.bool_]:
        """Which images are not what the model knows, (n,): see `engine.evaluation.calibration`; none without a rule.

        Args:
            features: as for `answer`.
        """
        return self.calibration.rejects(self.logits(features))

    def logits(self, features: ArrayLike) -> FloatArray:
        """The network's outputs for images as `answer` takes them, (n, outputs).

        Raises:
            ShapeError: the features are no 20×20 images.
        """
        images = np.asarray(features, self.network.dtype)
        if images.ndim not in (2, 3) or images.shape[-2:] != (DIGIT_SIDE, DIGIT_SIDE):
            raise ShapeError(
                f"A model takes images of shape ({DIGIT_SIDE}, {DIGIT_SIDE}) or (n, {DIGIT_SIDE}, "
                f"{DIGIT_SIDE}), not {images.shape}."
            )
        count = 1 if images.ndim == 2 else len(images)
        return self.network.logits(images.reshape(count, *self.network.example_shape))
