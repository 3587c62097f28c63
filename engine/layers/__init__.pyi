# One import a module, one name a line; `engine.core.public_names` reads it, too.
# ruff: noqa: I001

from engine.layers.activation import (
    ELU as ELU,
    LeakyReLU as LeakyReLU,
    Linear as Linear,
    ReLU as ReLU,
    Sigmoid as Sigmoid,
    Softmax as Softmax,
    Softplus as Softplus,
    Tanh as Tanh,
)
from engine.layers.activation_choice import Activation as Activation
from engine.layers.augmentation import (
    RandomBrightness as RandomBrightness,
    RandomContrast as RandomContrast,
    RandomRotation as RandomRotation,
    RandomShear as RandomShear,
    RandomTranslation as RandomTranslation,
    RandomZoom as RandomZoom,
    Resizing as Resizing,
)
from engine.layers.base import Layer as Layer
from engine.layers.chance import (
    AlphaDropout as AlphaDropout,
    GaussianDropout as GaussianDropout,
    RandomFlip as RandomFlip,
    SpatialDropout1D as SpatialDropout1D,
    SpatialDropout2D as SpatialDropout2D,
)
from engine.layers.composed_convolution import (
    Conv2DTranspose as Conv2DTranspose,
    SeparableConv2D as SeparableConv2D,
)
from engine.layers.convolution import Conv2D as Conv2D
from engine.layers.cropping import (
    CenterCrop as CenterCrop,
    RandomCrop as RandomCrop,
)
from engine.layers.dense import Dense as Dense
from engine.layers.depthwise import DepthwiseConv2D as DepthwiseConv2D
from engine.layers.dropout import Dropout as Dropout
from engine.layers.formulas import (
    ActivityRegularization as ActivityRegularization,
    Cropping1D as Cropping1D,
    Cropping2D as Cropping2D,
    Embedding as Embedding,
    GlobalMaxPool1D as GlobalMaxPool1D,
    GlobalMaxPooling1D as GlobalMaxPooling1D,
    Identity as Identity,
    PReLU as PReLU,
    UnitNormalization as UnitNormalization,
    UpSampling1D as UpSampling1D,
    ZeroPadding1D as ZeroPadding1D,
)
from engine.layers.function_activation import GELU as GELU
from engine.layers.group_normalization import (
    GroupNormalization as GroupNormalization,
    RMSNormalization as RMSNormalization,
)
from engine.layers.layer_normalization import LayerNormalization as LayerNormalization
from engine.layers.merging import (
    Add as Add,
    Average as Average,
    Concatenate as Concatenate,
    Dot as Dot,
    Maximum as Maximum,
    Minimum as Minimum,
    Multiply as Multiply,
    Subtract as Subtract,
)
from engine.layers.noise import GaussianNoise as GaussianNoise
from engine.layers.normalization import BatchNormalization as BatchNormalization
from engine.layers.operations import (
    InputLayer as InputLayer,
    Lambda as Lambda,
    Part as Part,
)
from engine.layers.pooling import (
    AveragePool2D as AveragePool2D,
    AveragePooling2D as AveragePooling2D,
    GlobalAveragePool2D as GlobalAveragePool2D,
    GlobalAveragePooling2D as GlobalAveragePooling2D,
    GlobalMaxPool2D as GlobalMaxPool2D,
    GlobalMaxPooling2D as GlobalMaxPooling2D,
    MaxPool2D as MaxPool2D,
    MaxPooling2D as MaxPooling2D,
)
from engine.layers.preprocessing import (
    Normalization as Normalization,
    Rescaling as Rescaling,
)
from engine.layers.recurrent import (
    GRU as GRU,
    LSTM as LSTM,
    SimpleRNN as SimpleRNN,
)
from engine.layers.reshaping import (
    Flatten as Flatten,
    Permute as Permute,
    RepeatVector as RepeatVector,
    Reshape as Reshape,
)
from engine.layers.resizing import (
    UpSampling2D as UpSampling2D,
    ZeroPadding2D as ZeroPadding2D,
)
from engine.layers.sequences import (
    AveragePool1D as AveragePool1D,
    AveragePooling1D as AveragePooling1D,
    Conv1D as Conv1D,
    GlobalAveragePool1D as GlobalAveragePool1D,
    GlobalAveragePooling1D as GlobalAveragePooling1D,
    MaxPool1D as MaxPool1D,
    MaxPooling1D as MaxPooling1D,
)
from engine.layers.registry import (
    ACTIVATION_LAYERS as ACTIVATION_LAYERS,
    FURTHER_LAYERS as FURTHER_LAYERS,
    LAYERS as LAYERS,
    MERGE_LAYERS as MERGE_LAYERS,
    is_known as is_known,
    layer_from_config as layer_from_config,
)
