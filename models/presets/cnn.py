"""A convolutional network, the best of the small presets."""

from dataclasses import dataclass
from typing import ClassVar

from engine.core.parameters import Shape
from engine.layers import Layer
from engine.training.config import TrainingConfig
from models.presets.backbone import BACKBONE_FEATURES, BACKBONE_PARAMETERS, convolutional_layers
from models.presets.softmax import DIGITS, DigitPreset


@dataclass(frozen=True, eq=False)
class CnnPreset(DigitPreset):
    """Convolution 3×3×16, pooling, convolution 3×3×32, pooling, dense 128, ten logits."""

    input_shape: ClassVar[Shape] = (20, 20, 1)

    def layers(self) -> list[Layer]:
        """The shared convolutional network with ten outputs."""
        return convolutional_layers(10)


CNN = CnnPreset(
    name="cnn",
    title="Convolutional network",
    description="A convolutional network: small filters slide over the image and find strokes wherever they are.",
    labels=DIGITS,
    can_reject=True,
    task="multiclass",
    parameter_count=BACKBONE_PARAMETERS + 10 * (BACKBONE_FEATURES + 1),
    defaults=TrainingConfig(
        optimizer="adam", learning_rate=0.002, batch_size=128, epochs=30, schedule="cosine", augment=True, refuse=True
    ),
)
