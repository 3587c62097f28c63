"""The one path from ink to 20×20 features: pen strokes, images from anywhere and MNIST's own images."""

from engine.ink.digit_image import DIGIT_SIDE, features_from_mnist
from engine.ink.photos.images import features_from_image, open_image
from engine.ink.strokes.features import PreprocessingSteps, features_from_drawing
from engine.ink.strokes.steps import DrawingStep, drawing_steps

# Both are stored in every model file: a model only answers features that were made the way it was trained, or hardly
# otherwise. Version 2 judges hooks and tips gradually and joins a pen's reports by another curve: features of pen
# drawings move by 0.003 in the mean, and models trained with version 1 answer as well as before.
PREPROCESSING_NAME = "mnist-tile-20"
PREPROCESSING_VERSION = 2
OLDEST_LIKE_PREPROCESSING_VERSION = 1

__all__ = [
    "DIGIT_SIDE",
    "OLDEST_LIKE_PREPROCESSING_VERSION",
    "PREPROCESSING_NAME",
    "PREPROCESSING_VERSION",
    "DrawingStep",
    "PreprocessingSteps",
    "drawing_steps",
    "features_from_drawing",
    "features_from_image",
    "features_from_mnist",
    "open_image",
]
