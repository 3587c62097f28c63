"""Keras 3 on PyTorch: what the engine's Keras face is held against, in float64 all the way."""

import os
import warnings

os.environ["KERAS_BACKEND"] = "torch"

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import torch

    try:
        import keras
        from keras.src.backend.common import dtypes
    except ImportError as error:  # the one reason for which these tests are left out
        raise ImportError("Keras is not installed") from error

torch.set_num_threads(1)
keras.config.set_floatx("float64")
# On PyTorch Keras rounds each product of float64 arrays to float32; on TensorFlow, which courses use, it does not.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"


def outputs_and_gradients(layer, inputs, output_gradient):
    """A Keras layer's outputs, and the gradients of Σ outputs ∘ output_gradient."""
    tensor = torch.tensor(inputs, requires_grad=True)
    for variable in layer.trainable_variables:
        variable.value.requires_grad_(True)
        variable.value.grad = None
    outputs = layer(tensor, training=True) if takes_training(layer) else layer(tensor)
    (outputs * torch.tensor(output_gradient)).sum().backward()
    gradients = [variable.value.grad.numpy() for variable in layer.trainable_variables]
    return outputs.detach().numpy(), tensor.grad.numpy(), gradients


def takes_training(layer):
    """Whether the layer behaves differently in training."""
    return isinstance(layer, keras.layers.BatchNormalization)
