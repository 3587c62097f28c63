"""TensorFlow's functions that courses use beside Keras: `from engine import tf` for `import tensorflow as tf`.

Arrays are NumPy's, of any shape; `GradientTape` records what is done with them.
"""

from engine import keras as keras
from engine.tf import data as data
from engine.tf import linalg as linalg
from engine.tf import math as math
from engine.tf import nn as nn
from engine.tf import random as random
from engine.tf.arrays import *  # noqa: F403 — all of them are TensorFlow's own names
from engine.tf.program import *  # noqa: F403

__version__ = "2"
