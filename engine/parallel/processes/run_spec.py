"""A run in plain JSON values: all that a worker process has to know to compute shards of its batches."""

import json
import select
import struct
import time
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from engine.batches.batch_source import Batch
from engine.batches.examples import TrainingData
from engine.layers import LAYERS
from engine.losses import LOSSES
from engine.network.network import Network
from engine.parallel.processes.shared_arrays import Layout, SharedArrays

# Step of the training, slice of a large batch, examples in the batch, shards, first and last shard + 1 to compute.
TASK = struct.Struct("<6q")
# A batch without examples ends the run.
END = TASK.pack(0, 0, 0, 0, 0, 0)


# Longer than the time between the end of one task and the next one.
_LOOK_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class RunSpec:
    """Network, loss and sizes of a run.

    Attributes:
        network: arguments of `Network.from_config`.
        loss: kind and arguments.
        parameters: numbers that the optimizer changes.
        state: numbers that it does not.
        batch_size: the largest.
        shards: the most.
        output_shape: of one example.
        target_shape, target_type: of one example's target.
        weighted: whether examples have weights.
    """

    network: dict[str, Any]
    loss: dict[str, Any]
    parameters: int
    state: int
    batch_size: int
    shards: int
    output_shape: list[int]
    target_shape: list[int]
    target_type: str
    weighted: bool

    @classmethod
    def of(cls, network: Network, data: TrainingData, batch_size: int, shards: int) -> Self:
        """The spec of a run with a built network."""
        loss = network.require_loss()
        return cls(
            {
                "configs": network.config(),
                "input_shape": list(network.input_shape),
                "seed": network.seed,
                "dtype": network.dtype.name,
                "fused": network.fused,
            },
            {"kind": loss.kind, **loss.config()},
            network.store.values.size,
            network.store.state.size,
            batch_size,
            shards,
            list(network.output_shape),
            list(data.targets.shape[1:]),
            data.targets.dtype.str,
            data.weights is not None,
        )

    def to_json(self) -> str:
        """One line; `TypeError` or `ValueError` for what JSON does not know."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` gave."""
        return cls(**json.loads(text))

    def layout(self) -> Layout:
        """The arrays that the run shares; `ready` holds one number a worker."""
        kind = np.dtype(self.network["dtype"]).str
        size = self.batch_size
        return {
            "ready": ((self.shards,), "<i8"),
            "losses": ((self.shards,), "<f8"),
            "values": ((self.parameters,), kind),
            "state": ((self.state,), kind),
            "gradients": ((self.shards, self.parameters), kind),
            "inputs": ((size, *self.network["input_shape"]), kind),
            "targets": ((size, *self.target_shape), self.target_type),
            "weights": ((size if self.weighted else 0,), "<f8"),
            # Transposed: in Fortran's order, in which a network with few outputs gives them.
            "outputs": ((*reversed(self.output_shape), size), kind),
        }

    def batch(self, arrays: SharedArrays, size: int) -> Batch:
        """The batch of this size in the shared memory."""
        weights = arrays["weights"] if self.weighted else None
        return Batch(np.arange(size), arrays["inputs"], arrays["targets"], weights, None)

    def make_network(self) -> Network:
        """The network with its loss; its initial values mean nothing."""
        network = Network.from_config(**self.network)
        loss = dict(self.loss)
        network.loss = LOSSES[loss.pop("kind")].from_config(loss)
        return network


def can_be_described(network: Network) -> bool:
    """Whether another process knows all layers and the loss; a subclass may compute something else."""
    loss = network.require_loss()
    return LOSSES.get(loss.kind) is type(loss) and all(
        LAYERS.get(layer.kind) is type(layer) for layer in network.layers
    )


def look_for(descriptor: int) -> None:
    """Look for something to read, for a moment, before a process goes to sleep over it.

    A process that sleeps is woken on the core of the one that writes, and stays in its way for a millisecond or two.
    """
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    until = time.perf_counter() + _LOOK_SECONDS
    while not poll.poll(0) and time.perf_counter() < until:
        pass
