"""Each comparison starts from the same weights and float types, whatever ran before it in the process."""

import sys

import pytest

from engine import keras


@pytest.fixture(autouse=True)
def seeded():
    """Of thirty draws one had a network in which Keras' float32 roundings grow to 0.002; ours was right to 1e-13."""
    keras.utils.set_random_seed(0)
    keras.backend.set_floatx("float32")
    oracle = sys.modules.get("tests.engine.oracle.keras_oracle")
    if oracle is not None:
        # Programs that were exported ask for Keras' usual type, and Keras remembers the first policy that it made.
        oracle.keras.config.set_floatx("float64")
        oracle.keras.config.set_dtype_policy("float64")
