"""TensorFlow's functions that courses use beside Keras: `from engine import tf` for `import tensorflow as tf`.

Arrays are NumPy's, of any shape; `GradientTape` records what is done with them.
"""

from engine import keras as keras
from engine.keras import initializers as initializers
from engine.keras import losses as losses
from engine.keras import metrics as metrics
from engine.keras import optimizers as optimizers
from engine.sequential.datasets import TensorSpec as TensorSpec
from engine.tf import data as data
from engine.tf import image as image
from engine.tf import io as io
from engine.tf import linalg as linalg
from engine.tf import math as math
from engine.tf import nn as nn
from engine.tf import random as random
from engine.tf import strings as strings
from engine.tf import summary as summary
from engine.tf import train as train
from engine.tf.arrays import *  # noqa: F403 — all of them are TensorFlow's own names
from engine.tf.indexing import *  # noqa: F403
from engine.tf.program import *  # noqa: F403

__version__ = "2"
