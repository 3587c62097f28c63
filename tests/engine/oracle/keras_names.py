"""One list of every layer, loss, metric, optimizer, schedule and callback that `engine.keras` has.

A name joins by itself, from the registries. What it needs beyond its defaults stands in `NEEDS`; a name that cannot be
made without it, and is not there, fails in `test_keras_every_name.py`.
"""

from layer_cases import EXAMPLES

from engine import keras
from engine.keras.layers import KERAS_LAYERS
from engine.keras.losses import KERAS_LOSSES
from engine.keras.metrics import METRIC_CLASSES
from engine.optimizers import LEARNING_RATES, Optimizer


def _is_optimizer(name):
    made = getattr(keras.optimizers, name)
    return isinstance(made, type) and issubclass(made, Optimizer)


# Base classes, and what takes functions: `test_keras_notebooks.py` has them. A layer that Keras has as an activation
# alone, and RandomCrop, which this Keras leaves whole outside of training.
BASES = {"Layer", "Loss", "Metric", "Optimizer", "LearningRateSchedule", "Callback", "GELU", "RandomCrop"}
NAMES = [
    *(("layers", name) for name in KERAS_LAYERS),
    *(("losses", name) for name in KERAS_LOSSES),
    *(("metrics", name) for name in METRIC_CLASSES),
    *(("optimizers", name) for name in keras.optimizers.__all__ if _is_optimizer(name)),
    *(("schedules", name) for name in LEARNING_RATES),
    *(("callbacks", name) for name in keras.callbacks.__all__),
]  # fmt: skip
NAMES = [(kind, name) for kind, name in NAMES if name not in BASES]

# What draws at random in training: the names have to be there, and outside of training the numbers agree.
RANDOM = {
    "Dropout", "GaussianNoise", "GaussianDropout", "SpatialDropout1D", "SpatialDropout2D", "AlphaDropout", "RandomFlip",
    "RandomRotation", "RandomZoom", "RandomTranslation", "RandomShear", "RandomBrightness", "RandomContrast",
}  # fmt: skip
# Layers that take several inputs, those that no contract test knows, and other names of the same ones.
MERGING = {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"}
LAYERS = {
    "ActivityRegularization": lambda k: (k.layers.ActivityRegularization(l1=0.01, l2=0.02), (3,)),
    "Lambda": lambda k: (k.layers.Lambda(lambda z: z * 2), (3,)),
    "InputLayer": lambda k: (k.layers.InputLayer((3,)), (3,)),
    "Embedding": lambda k: (k.layers.Embedding(9, 3), (4,)),
    "SeparableConv2D": lambda k: (k.layers.SeparableConv2D(3, 2, padding="same"), (4, 3, 2)),
    "Conv2DTranspose": lambda k: (k.layers.Conv2DTranspose(3, 3, strides=2, padding="same"), (3, 4, 2)),
    "SimpleRNN": lambda k: (k.layers.SimpleRNN(3), (4, 2)),
    "LSTM": lambda k: (k.layers.LSTM(3, return_sequences=True), (4, 2)),
    "GRU": lambda k: (k.layers.GRU(3, go_backwards=True), (4, 2)),
    "Bidirectional": lambda k: (k.layers.Bidirectional(k.layers.GRU(2, return_sequences=True)), (4, 2)),
    "TimeDistributed": lambda k: (k.layers.TimeDistributed(k.layers.Dense(3, activation="tanh")), (4, 2)),
    "Normalization": lambda k: (k.layers.Normalization(mean=0.5, variance=2.0), (3,)),
    # Keras on PyTorch counts the padding in the mean, on TensorFlow it does not: only without padding.
    "AveragePooling2D": lambda k: (k.layers.AveragePooling2D(2), (5, 4, 2)),
    "AveragePooling1D": lambda k: (k.layers.AveragePooling1D(2), (6, 2)),
}
# What Keras calls otherwise.
THEIR_NAMES = {"Pool1D": "Pooling1D", "Pool2D": "Pooling2D", "GlobalMaxPool": "GlobalMaxPooling"}
# Which kind of targets, and which end, a loss or metric wants; the others take any numbers.
SHARES = ("sigmoid", "values")
CLASSES, ROWS = ("softmax", "numbers"), ("softmax", "rows")
TASKS = {
    "MeanAbsolutePercentageError": (None, "positive"), "MeanSquaredLogarithmicError": (None, "positive"),
    "BinaryCrossentropy": SHARES, "BinaryFocalCrossentropy": SHARES, "Poisson": ("softplus", "values"),
    "SparseCategoricalCrossentropy": CLASSES, "CategoricalCrossentropy": ROWS, "CategoricalFocalCrossentropy": ROWS,
    "KLDivergence": ROWS, "CategoricalHinge": ROWS, "Dice": ROWS, "Tversky": ROWS, "CosineSimilarity": ROWS,
    "BinaryAccuracy": SHARES, "MeanIoU": SHARES, "AUC": SHARES, "Precision": SHARES, "Recall": SHARES,
    "TruePositives": SHARES,
    "TrueNegatives": SHARES, "FalsePositives": SHARES, "FalseNegatives": SHARES, "PrecisionAtRecall": SHARES,
    "RecallAtPrecision": SHARES, "SensitivityAtSpecificity": SHARES, "SpecificityAtSensitivity": SHARES,
    "CategoricalAccuracy": ROWS, "TopKCategoricalAccuracy": ROWS, "F1Score": ROWS, "FBetaScore": ROWS,
    "SparseCategoricalAccuracy": CLASSES, "SparseTopKCategoricalAccuracy": CLASSES,
}  # fmt: skip
NEEDS = {
    # With Keras' ε of 1e-7 a rule makes whole steps of slopes that are nothing but rounding.
    "RMSprop": {"learning_rate": 0.01, "epsilon": 1e-3, "momentum": 0.5, "centered": True},
    "Adam": {"learning_rate": 0.01, "epsilon": 1e-2, "weight_decay": 0.1, "amsgrad": True},
    "AdamW": {"learning_rate": 0.01, "epsilon": 1e-3, "weight_decay": 0.1},
    "Adadelta": {"learning_rate": 0.5, "epsilon": 1e-3},
    "SGD": {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True, "global_clipnorm": 0.1},
    "Ftrl": {"learning_rate": 0.1, "l1_regularization_strength": 0.01, "beta": 0.1},
    "ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5},
    "InverseTimeDecay": {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5, "staircase": True},
    "PiecewiseConstantDecay": {"boundaries": [2, 7], "values": [0.1, 0.05, 0.2]},
    "PolynomialDecay": {"initial_learning_rate": 0.1, "decay_steps": 6, "end_learning_rate": 0.01, "cycle": True},
    "CosineDecay": {"initial_learning_rate": 0.0, "decay_steps": 12, "warmup_target": 0.1, "warmup_steps": 4},
    "CosineDecayRestarts": {"initial_learning_rate": 0.1, "first_decay_steps": 3, "t_mul": 1.5, "m_mul": 0.8},
    "EarlyStopping": {"monitor": "val_loss", "min_delta": 0.02, "patience": 1, "restore_best_weights": True},
    "ReduceLROnPlateau": {"monitor": "loss", "factor": 0.5, "patience": 1, "min_delta": 0.05},
    "LearningRateScheduler": {"schedule": lambda epoch, rate: rate * 0.5},
    "TensorBoard": {"log_dir": "{folder}/logs"},
    "CSVLogger": {"filename": "{folder}/log.csv"},
    "ModelCheckpoint": {"filepath": "{folder}/best.weights{ending}", "save_weights_only": True},
    "BackupAndRestore": {"backup_dir": "{folder}/backup"},
    "MeanIoU": {"num_classes": 2},
    "PrecisionAtRecall": {"recall": 0.5}, "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5}, "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "TopKCategoricalAccuracy": {"k": 2}, "SparseTopKCategoricalAccuracy": {"k": 2},
}  # fmt: skip


def example_of(name):
    """Settings and input shape of a layer, from the contract tests' examples; None for what they do not know."""
    kind = KERAS_LAYERS[name].kind
    return EXAMPLES[kind][0] if kind in EXAMPLES else None
