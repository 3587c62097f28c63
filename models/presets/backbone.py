"""The convolutional network that the image presets share: two convolutions with pooling, one wide dense layer."""

from engine.layers import Conv2D, Dense, Flatten, Layer, MaxPool2D

# Convolutions 16·(3·3·1)+16 and 32·(3·3·16)+32, dense (5·5·32)·128+128.
BACKBONE_PARAMETERS = 160 + 4_640 + 102_528
BACKBONE_FEATURES = 128


def convolutional_layers(outputs: int) -> list[Layer]:
    """Layers from (20, 20, 1) to this many outputs, which are logits or values."""
    return [
        Conv2D(16, 3, padding="same", activation="relu", kernel_initializer="he_uniform"),
        MaxPool2D(2),
        Conv2D(32, 3, padding="same", activation="relu", kernel_initializer="he_uniform"),
        MaxPool2D(2),
        Flatten(),
        Dense(BACKBONE_FEATURES, activation="relu", kernel_initializer="he_uniform"),
        Dense(outputs, kernel_initializer="zeros"),
    ]
