"""The same networks compiled: trained by JAX, asked through ONNX Runtime, for `against_peers.py`."""

import tempfile
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import onnxruntime
from jax import lax

from engine.storage.exporters import EXPORTERS, export_model
from engine.storage.exporters.onnx_file import INPUT, PROBABILITIES
from engine.storage.model import Model

# Kernel shapes of the presets, images as (batch, height, width, channels).
_KERNELS = {
    "softmax": [(400, 10)],
    "mlp": [(400, 128), (128, 10)],
    "cnn": [(3, 3, 1, 16), (3, 3, 16, 32), (800, 128), (128, 10)],
}


class JaxPeer:
    """A network with its data that JAX trains: a whole epoch compiled, and step by step."""

    def __init__(self, name, images, labels, batch_size=128):
        rng = np.random.default_rng(0)
        self.batch_size, self.steps = batch_size, len(images) // batch_size
        self.inputs = jnp.asarray(images.reshape((-1, 20, 20, 1) if name == "cnn" else (-1, 400)))
        self.targets = jnp.asarray(labels.astype(np.int32))
        self.rng = rng
        parameters = [
            (jnp.asarray(rng.normal(0, (2 / np.prod(shape[:-1])) ** 0.5, shape), jnp.float32), jnp.zeros(shape[-1]))
            for shape in _KERNELS[name]
        ]
        if name == "softmax":
            update, self.state = _gradient_descent, (parameters,)
        else:
            zeros = [jax.tree.map(jnp.zeros_like, parameters) for _ in range(2)]
            update, self.state = _adam, (parameters, *zeros, jnp.float32(0))

        def step(state, inputs, targets, rows):
            loss, gradients = jax.value_and_grad(_loss)(state[0], inputs[rows], targets[rows])
            return update(state, gradients), loss

        def epoch(state, inputs, targets, order):
            return lax.scan(lambda kept, rows: step(kept, inputs, targets, rows), state, order)

        self._step, self._epoch = jax.jit(step, donate_argnums=0), jax.jit(epoch, donate_argnums=0)

    def _order(self):
        order = self.rng.permutation(len(self.inputs))[: self.steps * self.batch_size]
        return order.reshape(self.steps, self.batch_size).astype(np.int32)

    def epoch_in_one(self):
        """Train an epoch as one compiled program; images a second."""
        started = time.perf_counter()
        self.state, losses = self._epoch(self.state, self.inputs, self.targets, self._order())
        losses.block_until_ready()
        return self.steps * self.batch_size / (time.perf_counter() - started)

    def epoch_by_steps(self):
        """Train an epoch with a compiled step; images a second."""
        started = time.perf_counter()
        for rows in self._order():
            self.state, loss = self._step(self.state, self.inputs, self.targets, rows)
        loss.block_until_ready()
        return self.steps * self.batch_size / (time.perf_counter() - started)


def _outputs(parameters, x):
    for number, (kernel, bias) in enumerate(parameters):
        if kernel.ndim == 4:
            x = lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")) + bias
            batch, height, width, channels = x.shape
            # Three times as fast as `lax.reduce_window` and its gradient.
            x = jax.nn.relu(x.reshape(batch, height // 2, 2, width // 2, 2, channels).max((2, 4)))
        else:
            x = x.reshape(len(x), -1) @ kernel + bias
            x = jax.nn.relu(x) if number < len(parameters) - 1 else x
    return x


def _loss(parameters, inputs, targets):
    chosen = jnp.take_along_axis(jax.nn.log_softmax(_outputs(parameters, inputs)), targets[:, None], 1)
    return -chosen.mean()


def _gradient_descent(state, gradients):
    return (jax.tree.map(lambda w, g: w - 0.01 * g, state[0], gradients),)


def _adam(state, gradients):
    parameters, first, second, count = state
    count = count + 1
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradients)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradients)
    rate = 0.001 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    parameters = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-7), parameters, first, second)
    return parameters, first, second, count


class OnnxPeer:
    """Our network as an ONNX file, asked through ONNX Runtime for probabilities of images (n, 20, 20)."""

    def __init__(self, network, threads):
        model = Model(network, "cnn", "Convolutional network", tuple("0123456789"), "multiclass")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "cnn.onnx"
            export_model(model, EXPORTERS["onnx"], path, np.zeros((1, 20, 20), np.float32))
            self.session = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])

    def predict(self, images, chunk):
        """Probabilities for all images, in chunks."""
        parts = [
            self.session.run([PROBABILITIES], {INPUT: images[start : start + chunk]})[0]
            for start in range(0, len(images), chunk)
        ]
        return np.concatenate(parts) if len(parts) > 1 else parts[0]
