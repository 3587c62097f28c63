# One import a module, one name a line; `engine.core.public_names` reads it, too.
# ruff: noqa: I001

from engine.core.activations import (
    relu6 as relu6,
    relu6_derivative as relu6_derivative,
    selu as selu,
    selu_derivative as selu_derivative,
    celu as celu,
    celu_derivative as celu_derivative,
    silu as silu,
    silu_derivative as silu_derivative,
    hard_silu as hard_silu,
    hard_silu_derivative as hard_silu_derivative,
    hard_sigmoid as hard_sigmoid,
    hard_sigmoid_derivative as hard_sigmoid_derivative,
    log_sigmoid as log_sigmoid,
    log_sigmoid_derivative as log_sigmoid_derivative,
    softsign as softsign,
    softsign_derivative as softsign_derivative,
    mish as mish,
    mish_derivative as mish_derivative,
    exponential as exponential,
    exponential_derivative as exponential_derivative,
    log_softmax as log_softmax,
    ACTIVATIONS as ACTIVATIONS,
    elu as elu,
    elu_derivative as elu_derivative,
    gelu as gelu,
    gelu_derivative as gelu_derivative,
    leaky_relu as leaky_relu,
    leaky_relu_derivative as leaky_relu_derivative,
    linear as linear,
    linear_derivative as linear_derivative,
    relu as relu,
    relu_derivative as relu_derivative,
    sigmoid as sigmoid,
    sigmoid_derivative as sigmoid_derivative,
    softmax as softmax,
    softmax_derivative as softmax_derivative,
    softplus as softplus,
    softplus_derivative as softplus_derivative,
    tanh as tanh,
    tanh_derivative as tanh_derivative,
)
from engine.evaluation.calibration import (
    Calibration as Calibration,
    fit_calibration as fit_calibration,
    fit_calibration_of_groups as fit_calibration_of_groups,
)
from engine.data import (
    Dataset as Dataset,
    load_bundled as load_bundled,
    bundled_split as bundled_split,
    split_stratified as split_stratified,
    READERS as READERS,
    Reader as Reader,
    read_dataset as read_dataset,
    read_digits as read_digits,
    ReadOptions as ReadOptions,
    Reading as Reading,
    dataset_from_drawings as dataset_from_drawings,
)
from engine.data.augmentation.images import (
    ImageVariation as ImageVariation,
    augment_images as augment_images,
)
from engine.data.synthetic.non_digits import (
    NEGATIVES as NEGATIVES,
    draw_negative as draw_negative,
    draw_negatives as draw_negatives,
)
from engine.data.augmentation.strokes import (
    StrokeVariation as StrokeVariation,
    augment_drawing as augment_drawing,
)
from engine.ink.drawing import (
    Drawing as Drawing,
    Stroke as Stroke,
)
from engine.ink.drawing_files import (
    read_drawings as read_drawings,
    write_drawings as write_drawings,
)
from engine.errors import (
    ConfigurationError as ConfigurationError,
    DataError as DataError,
    EngineError as EngineError,
    ModelFileError as ModelFileError,
    ShapeError as ShapeError,
)
from engine.core.file_io import write_atomically as write_atomically
from engine.sequential.callbacks import (
    Callback as Callback,
    History as History,
)
from engine.sequential.watching import EarlyStopping as EarlyStopping
from engine.network.gradient_check import (
    GradientReport as GradientReport,
    check_gradients as check_gradients,
    numeric_gradient as numeric_gradient,
)
from engine.core.initializers import INITIALIZERS as INITIALIZERS
from engine.layer_support.symbolic import Input as Input
from engine.network.network import Network as Network
from engine.layers import (
    Activation as Activation,
    Add as Add,
    Average as Average,
    AveragePool1D as AveragePool1D,
    AveragePooling1D as AveragePooling1D,
    Concatenate as Concatenate,
    Conv1D as Conv1D,
    DepthwiseConv2D as DepthwiseConv2D,
    GaussianNoise as GaussianNoise,
    InputLayer as InputLayer,
    Lambda as Lambda,
    ZeroPadding1D as ZeroPadding1D,
    UpSampling1D as UpSampling1D,
    UnitNormalization as UnitNormalization,
    SpatialDropout2D as SpatialDropout2D,
    SpatialDropout1D as SpatialDropout1D,
    SeparableConv2D as SeparableConv2D,
    RandomFlip as RandomFlip,
    PReLU as PReLU,
    Identity as Identity,
    GlobalMaxPooling1D as GlobalMaxPooling1D,
    GlobalMaxPool1D as GlobalMaxPool1D,
    GaussianDropout as GaussianDropout,
    Embedding as Embedding,
    Dot as Dot,
    Cropping2D as Cropping2D,
    Cropping1D as Cropping1D,
    Conv2DTranspose as Conv2DTranspose,
    AlphaDropout as AlphaDropout,
    GlobalAveragePool1D as GlobalAveragePool1D,
    GlobalAveragePooling1D as GlobalAveragePooling1D,
    GlobalMaxPool2D as GlobalMaxPool2D,
    GlobalMaxPooling2D as GlobalMaxPooling2D,
    LayerNormalization as LayerNormalization,
    MaxPool1D as MaxPool1D,
    MaxPooling1D as MaxPooling1D,
    Maximum as Maximum,
    Minimum as Minimum,
    Multiply as Multiply,
    Normalization as Normalization,
    Permute as Permute,
    RepeatVector as RepeatVector,
    Rescaling as Rescaling,
    Subtract as Subtract,
    UpSampling2D as UpSampling2D,
    ZeroPadding2D as ZeroPadding2D,
    ELU as ELU,
    GELU as GELU,
    LAYERS as LAYERS,
    AveragePool2D as AveragePool2D,
    AveragePooling2D as AveragePooling2D,
    BatchNormalization as BatchNormalization,
    Conv2D as Conv2D,
    Dense as Dense,
    Dropout as Dropout,
    Flatten as Flatten,
    GlobalAveragePool2D as GlobalAveragePool2D,
    GlobalAveragePooling2D as GlobalAveragePooling2D,
    Layer as Layer,
    LeakyReLU as LeakyReLU,
    Linear as Linear,
    MaxPool2D as MaxPool2D,
    MaxPooling2D as MaxPooling2D,
    ReLU as ReLU,
    Reshape as Reshape,
    Sigmoid as Sigmoid,
    Softmax as Softmax,
    Softplus as Softplus,
    Tanh as Tanh,
)
from engine.losses import (
    BinaryFocalCrossentropy as BinaryFocalCrossentropy,
    CategoricalHinge as CategoricalHinge,
    CosineSimilarity as CosineSimilarity,
    Tversky as Tversky,
    Dice as Dice,
    CategoricalFocalCrossentropy as CategoricalFocalCrossentropy,
    Hinge as Hinge,
    KLDivergence as KLDivergence,
    LogCosh as LogCosh,
    MeanAbsolutePercentageError as MeanAbsolutePercentageError,
    MeanSquaredLogarithmicError as MeanSquaredLogarithmicError,
    Poisson as Poisson,
    SquaredHinge as SquaredHinge,
    LOSSES as LOSSES,
    BinaryCrossentropy as BinaryCrossentropy,
    CategoricalCrossentropy as CategoricalCrossentropy,
    Huber as Huber,
    Loss as Loss,
    MeanAbsoluteError as MeanAbsoluteError,
    MeanSquaredError as MeanSquaredError,
    OpenSetCrossentropy as OpenSetCrossentropy,
    SparseCategoricalCrossentropy as SparseCategoricalCrossentropy,
    WeightPenalty as WeightPenalty,
    make_loss as make_loss,
)
from engine.evaluation.metrics import (
    METRICS as METRICS,
    accuracy as accuracy,
    confusion_matrix as confusion_matrix,
    exact_match as exact_match,
    expected_calibration_error as expected_calibration_error,
    label_accuracy as label_accuracy,
    label_f1 as label_f1,
    macro_f1 as macro_f1,
    mean_label_f1 as mean_label_f1,
    precision_recall_f1 as precision_recall_f1,
    top_k_accuracy as top_k_accuracy,
)
from engine.evaluation.value_metrics import (
    mean_absolute_error as mean_absolute_error,
    r_squared as r_squared,
    root_mean_squared_error as root_mean_squared_error,
)
from engine.storage.model import Model as Model
from engine.storage.model_file import (
    load_model as load_model,
    save_model as save_model,
)
from engine.sequential.sequential import Sequential as Sequential
from engine.optimizers import (
    LBFGS as LBFGS,
    OPTIMIZERS as OPTIMIZERS,
    SGD as SGD,
    Adagrad as Adagrad,
    Lion as Lion,
    Ftrl as Ftrl,
    Adadelta as Adadelta,
    Adam as Adam,
    Adamax as Adamax,
    Nadam as Nadam,
    AdamW as AdamW,
    GradientDescent as GradientDescent,
    Optimizer as Optimizer,
    RMSProp as RMSProp,
    optimizer_named as optimizer_named,
)
from engine.core.parameters import ParameterStore as ParameterStore
from engine.ink import (
    features_from_drawing as features_from_drawing,
    features_from_mnist as features_from_mnist,
    PREPROCESSING_NAME as PREPROCESSING_NAME,
    PREPROCESSING_VERSION as PREPROCESSING_VERSION,
    drawing_steps as drawing_steps,
    features_from_image as features_from_image,
    open_image as open_image,
    PreprocessingSteps as PreprocessingSteps,
    DrawingStep as DrawingStep,
)
from engine.optimizers.schedule import Schedule as Schedule
from engine.optimizers.schedules import (
    SCHEDULES as SCHEDULES,
    Constant as Constant,
    CosineDecay as CosineDecay,
    OneCycle as OneCycle,
    ReduceOnPlateau as ReduceOnPlateau,
    StepDecay as StepDecay,
    make_schedule as make_schedule,
)
from engine.ink.segmentation import (
    StrokeGroup as StrokeGroup,
    best_partition as best_partition,
    candidate_groups as candidate_groups,
)
from engine.training.callbacks import (
    BatchEnded as BatchEnded,
    ConvergenceTolerance as ConvergenceTolerance,
)
from engine.training.run import Run as Run
from engine.training.checkpoint import Checkpoint as Checkpoint
from engine.training.config import TrainingConfig as TrainingConfig
from engine.training.messages import (
    EpochEnded as EpochEnded,
    TrainingControl as TrainingControl,
    TrainingFinished as TrainingFinished,
    TrainingMonitor as TrainingMonitor,
    TrainingProgress as TrainingProgress,
)
from engine.parallel.batch_evaluator import BatchEvaluator as BatchEvaluator
from engine.training.trainer import (
    Trainer as Trainer,
    make_optimizer as make_optimizer,
)
