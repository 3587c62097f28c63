"""A larger convolutional network: the one for what people really draw."""

from dataclasses import dataclass
from typing import ClassVar

from engine.core.parameters import Shape
from engine.layers import Conv2D, Dense, Dropout, Flatten, Layer, MaxPool2D
from engine.training.config import TrainingConfig
from models.presets.softmax import DIGITS, DigitPreset


@dataclass(frozen=True, eq=False)
class LargeCnnPreset(DigitPreset):
    """Convolution 3×3×32, pooling, two convolutions 3×3×64, pooling, dense 192, dropout, ten logits."""

    input_shape: ClassVar[Shape] = (20, 20, 1)

    def layers(self) -> list[Layer]:
        """Three convolutions: the two in a row see 10×10 pixels of the digit image before the second pooling."""
        return [
            Conv2D(32, 3, padding="same", activation="relu", kernel_initializer="he_uniform"),
            MaxPool2D(2),
            Conv2D(64, 3, padding="same", activation="relu", kernel_initializer="he_uniform"),
            Conv2D(64, 3, padding="same", activation="relu", kernel_initializer="he_uniform"),
            MaxPool2D(2),
            Flatten(),
            Dense(192, activation="relu", kernel_initializer="he_uniform"),
            Dropout(0.3),
            Dense(10, kernel_initializer="zeros"),
        ]


CNN_LARGE = LargeCnnPreset(
    name="cnn-large",
    title="Large convolutional network",
    description="Three convolutions and three times the parameters: slower to train, and the best on real drawings.",
    labels=DIGITS,
    can_reject=True,
    task="multiclass",
    parameter_count=320 + 18_496 + 36_928 + 307_392 + 1_930,
    defaults=TrainingConfig(
        optimizer="adam",
        learning_rate=0.002,
        batch_size=128,
        epochs=16,
        schedule="one_cycle",
        augment=True,
        refuse=True,
    ),
)
