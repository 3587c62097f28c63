# One import a module, one name a line; `engine.core.public_names` reads it, too.
# ruff: noqa: I001

from engine.ink.digit_image import (
    DIGIT_SIDE as DIGIT_SIDE,
    features_from_mnist as features_from_mnist,
)
from engine.ink.photos.images import (
    features_from_image as features_from_image,
    open_image as open_image,
)
from engine.ink.preprocessing_version import (
    OLDEST_LIKE_PREPROCESSING_VERSION as OLDEST_LIKE_PREPROCESSING_VERSION,
    PREPROCESSING_NAME as PREPROCESSING_NAME,
    PREPROCESSING_VERSION as PREPROCESSING_VERSION,
)
from engine.ink.strokes.features import (
    PreprocessingSteps as PreprocessingSteps,
    features_from_drawing as features_from_drawing,
    features_from_drawings as features_from_drawings,
)
from engine.ink.strokes.steps import (
    DrawingStep as DrawingStep,
    drawing_steps as drawing_steps,
)
