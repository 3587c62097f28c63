# One import a module, one name a line; `engine.core.public_names` reads it, too.
# ruff: noqa: I001

from engine.losses.base import Loss as Loss
from engine.losses.choice import (
    LOSS_FUNCTIONS as LOSS_FUNCTIONS,
    SHORT_NAMES as SHORT_NAMES,
    LossLike as LossLike,
    make_loss as make_loss,
)
from engine.losses.crossentropy import (
    BinaryCrossentropy as BinaryCrossentropy,
    CategoricalCrossentropy as CategoricalCrossentropy,
    SparseCategoricalCrossentropy as SparseCategoricalCrossentropy,
)
from engine.losses.divergence import (
    CosineSimilarity as CosineSimilarity,
    KLDivergence as KLDivergence,
    Poisson as Poisson,
)
from engine.losses.focal import BinaryFocalCrossentropy as BinaryFocalCrossentropy
from engine.losses.margin import (
    CategoricalHinge as CategoricalHinge,
    Hinge as Hinge,
    SquaredHinge as SquaredHinge,
)
from engine.losses.open_set import OpenSetCrossentropy as OpenSetCrossentropy
from engine.losses.own import (
    CategoricalFocalCrossentropy as CategoricalFocalCrossentropy,
    Dice as Dice,
    FunctionLoss as FunctionLoss,
    LossByCall as LossByCall,
    Tversky as Tversky,
)
from engine.losses.penalty import WeightPenalty as WeightPenalty
from engine.losses.regression import (
    Huber as Huber,
    LogCosh as LogCosh,
    MeanAbsoluteError as MeanAbsoluteError,
    MeanAbsolutePercentageError as MeanAbsolutePercentageError,
    MeanSquaredError as MeanSquaredError,
    MeanSquaredLogarithmicError as MeanSquaredLogarithmicError,
)
from engine.losses.registry import (
    FURTHER_LOSSES as FURTHER_LOSSES,
    LOSSES as LOSSES,
)
