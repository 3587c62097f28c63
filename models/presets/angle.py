"""By how many degrees is the digit rotated? A network that answers with a number."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray, Shape
from engine.layers import Layer
from engine.losses import Loss, MeanSquaredError
from engine.training.config import TrainingConfig
from models.presets.backbone import BACKBONE_FEATURES, BACKBONE_PARAMETERS, convolutional_layers
from models.presets.preset import ModelPreset

if TYPE_CHECKING:
    from engine.data import Dataset

LARGEST_ANGLE_DEGREES = 45.0
# Each digit is shown in this many random positions, so that a network of this size does not learn them by heart.
_ROTATIONS = 4


@dataclass(frozen=True, eq=False)
class AnglePreset(ModelPreset):
    """One linear output: degrees, positive clockwise, as the digit stands on the screen."""

    input_shape: ClassVar[Shape] = (20, 20, 1)

    def layers(self) -> list[Layer]:
        """The shared convolutional network with one output."""
        return convolutional_layers(1)

    def loss(self) -> Loss:
        """Mean squared error in degrees²."""
        return MeanSquaredError()

    def prepare(
        self, dataset: "Dataset", rng: np.random.Generator, report: Callable[[float], None] | None = None
    ) -> tuple[FloatArray, NDArray[Any]]:
        """Every digit in four rotations, evenly drawn from −45…45 degrees: (4n, 20, 20, 1), and the angles (4n,)."""
        images = np.repeat(dataset.images, _ROTATIONS, axis=0)
        degrees = rng.uniform(-LARGEST_ANGLE_DEGREES, LARGEST_ANGLE_DEGREES, len(images)).astype(np.float32)
        # Only training turns digits, and `engine.data` brings all readers.
        from engine.data.augmentation.rotation import rotate_digits

        return rotate_digits(images, degrees, report).reshape(-1, *self.input_shape), degrees


ANGLE = AnglePreset(
    name="angle",
    title="Rotation angle",
    description="Regression: the network says by how many degrees, from −45 to 45, the digit is turned clockwise.",
    labels=("degrees",),
    task="regression",
    parameter_count=BACKBONE_PARAMETERS + BACKBONE_FEATURES + 1,
    defaults=TrainingConfig(optimizer="adam", learning_rate=0.002, batch_size=128, epochs=15, schedule="cosine"),
    # A turned image has another angle.
    can_augment=False,
    # Errors in degrees² make steep slopes.
    rates={"gradient_descent": 0.0005, "momentum": 0.0001, "nesterov": 0.0001, "rmsprop": 0.003},
)
