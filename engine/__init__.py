"""The numerical engine of DigitLab: layers, losses, optimizers, training and the path from ink to features.

Everything public can be imported from here: `from engine import Sequential, Dense, Adam, BinaryCrossentropy`.
A name is loaded when it is first asked for, so that `import engine` costs next to nothing and a program that only
predicts never loads the training loop.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.activations import (
        ACTIVATIONS as ACTIVATIONS,
    )
    from engine.activations import (
        elu as elu,
    )
    from engine.activations import (
        elu_derivative as elu_derivative,
    )
    from engine.activations import (
        gelu as gelu,
    )
    from engine.activations import (
        gelu_derivative as gelu_derivative,
    )
    from engine.activations import (
        leaky_relu as leaky_relu,
    )
    from engine.activations import (
        leaky_relu_derivative as leaky_relu_derivative,
    )
    from engine.activations import (
        linear as linear,
    )
    from engine.activations import (
        linear_derivative as linear_derivative,
    )
    from engine.activations import (
        relu as relu,
    )
    from engine.activations import (
        relu_derivative as relu_derivative,
    )
    from engine.activations import (
        sigmoid as sigmoid,
    )
    from engine.activations import (
        sigmoid_derivative as sigmoid_derivative,
    )
    from engine.activations import (
        softmax as softmax,
    )
    from engine.activations import (
        softmax_derivative as softmax_derivative,
    )
    from engine.activations import (
        softplus as softplus,
    )
    from engine.activations import (
        softplus_derivative as softplus_derivative,
    )
    from engine.activations import (
        tanh as tanh,
    )
    from engine.activations import (
        tanh_derivative as tanh_derivative,
    )
    from engine.data import (
        Dataset as Dataset,
    )
    from engine.data import (
        bundled_split as bundled_split,
    )
    from engine.data import (
        load_bundled as load_bundled,
    )
    from engine.data import (
        split_stratified as split_stratified,
    )
    from engine.drawing import (
        Drawing as Drawing,
    )
    from engine.drawing import (
        Stroke as Stroke,
    )
    from engine.errors import (
        ConfigurationError as ConfigurationError,
    )
    from engine.errors import (
        DataError as DataError,
    )
    from engine.errors import (
        DivergenceError as DivergenceError,
    )
    from engine.errors import (
        EngineError as EngineError,
    )
    from engine.errors import (
        ModelFileError as ModelFileError,
    )
    from engine.errors import (
        ShapeError as ShapeError,
    )
    from engine.fit_report import (
        History as History,
    )
    from engine.initializers import (
        INITIALIZERS as INITIALIZERS,
    )
    from engine.layer_stack import (
        Input as Input,
    )
    from engine.layers import (
        ELU as ELU,
    )
    from engine.layers import (
        GELU as GELU,
    )
    from engine.layers import (
        LAYERS as LAYERS,
    )
    from engine.layers import (
        AveragePool2D as AveragePool2D,
    )
    from engine.layers import (
        BatchNormalization as BatchNormalization,
    )
    from engine.layers import (
        Conv2D as Conv2D,
    )
    from engine.layers import (
        Dense as Dense,
    )
    from engine.layers import (
        Dropout as Dropout,
    )
    from engine.layers import (
        Flatten as Flatten,
    )
    from engine.layers import (
        GlobalAveragePool2D as GlobalAveragePool2D,
    )
    from engine.layers import (
        Layer as Layer,
    )
    from engine.layers import (
        LeakyReLU as LeakyReLU,
    )
    from engine.layers import (
        Linear as Linear,
    )
    from engine.layers import (
        MaxPool2D as MaxPool2D,
    )
    from engine.layers import (
        ReLU as ReLU,
    )
    from engine.layers import (
        Reshape as Reshape,
    )
    from engine.layers import (
        Sigmoid as Sigmoid,
    )
    from engine.layers import (
        Softmax as Softmax,
    )
    from engine.layers import (
        Softplus as Softplus,
    )
    from engine.layers import (
        Tanh as Tanh,
    )
    from engine.losses import (
        LOSSES as LOSSES,
    )
    from engine.losses import (
        BinaryCrossentropy as BinaryCrossentropy,
    )
    from engine.losses import (
        CategoricalCrossentropy as CategoricalCrossentropy,
    )
    from engine.losses import (
        Huber as Huber,
    )
    from engine.losses import (
        Loss as Loss,
    )
    from engine.losses import (
        MeanAbsoluteError as MeanAbsoluteError,
    )
    from engine.losses import (
        MeanSquaredError as MeanSquaredError,
    )
    from engine.losses import (
        SparseCategoricalCrossentropy as SparseCategoricalCrossentropy,
    )
    from engine.metrics import (
        METRICS as METRICS,
    )
    from engine.model import (
        Model as Model,
    )
    from engine.model_file import (
        load_model as load_model,
    )
    from engine.model_file import (
        save_model as save_model,
    )
    from engine.network import (
        Sequential as Sequential,
    )
    from engine.optimizers import (
        OPTIMIZERS as OPTIMIZERS,
    )
    from engine.optimizers import (
        SGD as SGD,
    )
    from engine.optimizers import (
        Adam as Adam,
    )
    from engine.optimizers import (
        AdamW as AdamW,
    )
    from engine.optimizers import (
        GradientDescent as GradientDescent,
    )
    from engine.optimizers import (
        Optimizer as Optimizer,
    )
    from engine.optimizers import (
        RMSProp as RMSProp,
    )
    from engine.parameters import (
        ParameterStore as ParameterStore,
    )
    from engine.preprocessing import (
        features_from_drawing as features_from_drawing,
    )
    from engine.preprocessing import (
        features_from_mnist as features_from_mnist,
    )
    from engine.schedules import (
        SCHEDULES as SCHEDULES,
    )
    from engine.training.callbacks import (
        Callback as Callback,
    )
    from engine.training.callbacks import (
        ConvergenceTolerance as ConvergenceTolerance,
    )
    from engine.training.callbacks import (
        EarlyStopping as EarlyStopping,
    )
    from engine.training.config import (
        TrainingConfig as TrainingConfig,
    )
    from engine.training.messages import (
        EpochEnded as EpochEnded,
    )
    from engine.training.messages import (
        TrainingControl as TrainingControl,
    )
    from engine.training.messages import (
        TrainingFinished as TrainingFinished,
    )
    from engine.training.messages import (
        TrainingMonitor as TrainingMonitor,
    )
    from engine.training.messages import (
        TrainingProgress as TrainingProgress,
    )
    from engine.training.parallel import (
        BatchEvaluator as BatchEvaluator,
    )
    from engine.training.trainer import (
        Trainer as Trainer,
    )

# Module → the public names that live there; the same as above, which only type checkers read.
_HOMES = {
    "engine.activations": (
        "ACTIVATIONS elu elu_derivative gelu gelu_derivative leaky_relu leaky_relu_derivative linear "
        "linear_derivative relu relu_derivative sigmoid sigmoid_derivative softmax softmax_derivative "
        "softplus softplus_derivative tanh tanh_derivative"
    ),
    "engine.data": "Dataset load_bundled bundled_split split_stratified",
    "engine.drawing": "Drawing Stroke",
    "engine.errors": "ConfigurationError DataError DivergenceError EngineError ModelFileError ShapeError",
    "engine.fit_report": "History",
    "engine.initializers": "INITIALIZERS",
    "engine.layer_stack": "Input",
    "engine.layers": (
        "ELU GELU LAYERS AveragePool2D BatchNormalization Conv2D Dense Dropout Flatten GlobalAveragePool2D "
        "Layer LeakyReLU Linear MaxPool2D ReLU Reshape Sigmoid Softmax Softplus Tanh"
    ),
    "engine.losses": (
        "LOSSES BinaryCrossentropy CategoricalCrossentropy Huber Loss MeanAbsoluteError MeanSquaredError "
        "SparseCategoricalCrossentropy"
    ),
    "engine.metrics": "METRICS",
    "engine.model": "Model",
    "engine.model_file": "load_model save_model",
    "engine.network": "Sequential",
    "engine.optimizers": "OPTIMIZERS SGD Adam AdamW GradientDescent Optimizer RMSProp",
    "engine.parameters": "ParameterStore",
    "engine.preprocessing": "features_from_drawing features_from_mnist",
    "engine.schedules": "SCHEDULES",
    "engine.training.callbacks": "Callback ConvergenceTolerance EarlyStopping",
    "engine.training.config": "TrainingConfig",
    "engine.training.messages": "EpochEnded TrainingControl TrainingFinished TrainingMonitor TrainingProgress",
    "engine.training.parallel": "BatchEvaluator",
    "engine.training.trainer": "Trainer",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> object:
    """Load a public name; later look-ups find it in the module itself."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
