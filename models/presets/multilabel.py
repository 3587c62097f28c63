"""Several questions about one drawing, each answered with yes or no."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import Shape
from engine.layers import Layer
from engine.losses import BinaryCrossentropy, Loss
from engine.training.config import TrainingConfig
from models.presets.backbone import BACKBONE_FEATURES, BACKBONE_PARAMETERS, convolutional_layers
from models.presets.preset import ModelPreset

# Which digits have each property. A 4 is drawn open by some and closed by others, so it does not count as a loop.
PROPERTIES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "even": (0, 2, 4, 6, 8),
        "prime": (2, 3, 5, 7),
        "at least 5": (5, 6, 7, 8, 9),
        "has a closed loop": (0, 6, 8, 9),
    }
)


@dataclass(frozen=True, eq=False)
class MultilabelPreset(ModelPreset):
    """One sigmoid an output: several properties may be true at once."""

    input_shape: ClassVar[Shape] = (20, 20, 1)

    def layers(self) -> list[Layer]:
        """The shared convolutional network with one output a property."""
        return convolutional_layers(len(PROPERTIES))

    def loss(self) -> Loss:
        """Binary cross-entropy, averaged over the properties."""
        return BinaryCrossentropy(from_logits=True)

    def targets(self, labels: NDArray[np.int64]) -> NDArray[Any]:
        """(n, properties) float32 of zeros and ones."""
        return np.stack([np.isin(labels, digits) for digits in PROPERTIES.values()], axis=1).astype(np.float32)


MULTILABEL = MultilabelPreset(
    name="multilabel",
    title="Properties of the digit",
    description=(
        "Four yes-or-no questions about one drawing: is the digit even, prime, at least 5, and has it a closed loop "
        "(0, 6, 8 and 9 have)?"
    ),
    labels=tuple(PROPERTIES),
    task="multilabel",
    parameter_count=BACKBONE_PARAMETERS + len(PROPERTIES) * (BACKBONE_FEATURES + 1),
    defaults=TrainingConfig(
        optimizer="adam", learning_rate=0.002, batch_size=128, epochs=30, schedule="cosine", augment=True
    ),
)
