# One import a module, one name a line; `engine.core.public_names` reads it, too.
# ruff: noqa: I001

from engine.optimizers.adaptive import (
    Adam as Adam,
    AdamW as AdamW,
    RMSProp as RMSProp,
)
from engine.optimizers.base import Optimizer as Optimizer
from engine.optimizers.clipping import clip_by_norm as clip_by_norm
from engine.optimizers.further import (
    Adadelta as Adadelta,
    Ftrl as Ftrl,
    Lion as Lion,
)
from engine.optimizers.gradient_descent import (
    SGD as SGD,
    GradientDescent as GradientDescent,
)
from engine.optimizers.lbfgs import LBFGS as LBFGS
from engine.optimizers.learning_rates import (
    LEARNING_RATES as LEARNING_RATES,
    LearningRateSchedule as LearningRateSchedule,
)
from engine.optimizers.older_adaptive import (
    Adagrad as Adagrad,
    Adamax as Adamax,
    Nadam as Nadam,
)
from engine.optimizers.registry import (
    FURTHER_OPTIMIZERS as FURTHER_OPTIMIZERS,
    OPTIMIZERS as OPTIMIZERS,
    WITH_MOMENTUM as WITH_MOMENTUM,
    optimizer_named as optimizer_named,
)
