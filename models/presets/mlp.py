"""A neural network with one hidden layer."""

from dataclasses import dataclass

from engine.layers import Dense, Flatten, Layer
from engine.training.config import TrainingConfig
from models.presets.softmax import DIGITS, DigitPreset


@dataclass(frozen=True, eq=False)
class MlpPreset(DigitPreset):
    """400 pixels → 128 hidden units with ReLU → 10 logits."""

    def layers(self) -> list[Layer]:
        """Two dense layers on the flattened image."""
        return [
            Flatten(),
            Dense(128, activation="relu", kernel_initializer="he_uniform"),
            Dense(10, kernel_initializer="zeros"),
        ]


MLP = MlpPreset(
    name="mlp",
    title="Neural network",
    description="A neural network: 128 hidden units look at the whole image, ten outputs weigh what they found.",
    labels=DIGITS,
    can_reject=True,
    task="multiclass",
    parameter_count=52_618,
    defaults=TrainingConfig(
        optimizer="adam", learning_rate=0.002, batch_size=128, epochs=30, schedule="cosine", augment=True, refuse=True
    ),
)
