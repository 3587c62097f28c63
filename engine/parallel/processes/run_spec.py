"""A run in plain JSON values: all that a worker process has to know to compute shards of its batches."""

import json
import select
import struct
import time
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from engine.batches.batch import Batch
from engine.batches.examples import TrainingData
from engine.core.parameters import FloatArray
from engine.layers import LAYERS
from engine.losses import LOSSES
from engine.network.network import Network
from engine.optimizers import OPTIMIZERS, Optimizer, optimizer_named
from engine.parallel.processes.shared_arrays import Layout, SharedArrays

# Step of the training, slice of a large batch, examples in the batch, shards, first and last shard + 1 to compute.
# Or: step of the optimizer, whether to copy anew, `UPDATE`, shards, first and last number + 1 to change, learning rate.
TASK = struct.Struct("<6qd")
UPDATE = -1
# A batch without examples ends the run.
END = TASK.pack(0, 0, 0, 0, 0, 0, 0)


# Longer than the time between the end of one task and the next one.
_LOOK_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class RunSpec:
    """Network, loss and sizes of a run.

    Attributes:
        network: arguments of `Network.from_config`.
        loss: kind and arguments.
        optimizer: kind and arguments of the one whose steps are shared, or None.
        slots: names of what it remembers.
        parameters: numbers that the optimizer changes.
        state: numbers that it does not.
        batch_size: the largest.
        shards: the most.
        processes: that take part, the one that trains included.
        output_shape: of one example.
        target_shape, target_type: of one example's target.
        weighted: whether examples have weights.
    """

    network: dict[str, Any]
    loss: dict[str, Any]
    optimizer: dict[str, Any] | None
    slots: list[str]
    parameters: int
    state: int
    batch_size: int
    shards: int
    processes: int
    output_shape: list[int]
    target_shape: list[int]
    target_type: str
    weighted: bool

    @classmethod
    def of(
        cls,
        network: Network,
        optimizer: Optimizer | None,
        data: TrainingData,
        batch_size: int,
        shards: int,
        processes: int,
    ) -> Self:
        """The spec of a run with a built network."""
        loss = network.require_loss()
        return cls(
            {
                "configs": network.config(),
                "input_shape": list(network.example_shape),
                "seed": network.seed,
                "dtype": network.dtype.name,
                "fused": network.fused,
            },
            {"kind": loss.kind, **loss.config()},
            None if optimizer is None else {"kind": optimizer.kind, **optimizer.config()},
            [] if optimizer is None else list(optimizer.slot_names),
            network.store.values.size,
            network.store.state.size,
            batch_size,
            shards,
            processes,
            list(network.answer_shape),
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
            "slots": ((len(self.slots), self.parameters), kind),
            "before": ((1 + len(self.slots), self.parameters), kind),
            "copied": ((self.shards,), "<i8"),
            "inputs": ((size, *self.network["input_shape"]), kind),
            "targets": ((size, *self.target_shape), self.target_type),
            "weights": ((size if self.weighted else 0,), "<f8"),
            # Transposed: in Fortran's order, in which a network with few outputs gives them.
            "outputs": ((*reversed(self.output_shape), size), kind),
        }

    @property
    def in_place(self) -> bool:
        """Whether each process has one shard of a batch, whose gradients are computed where they are shared."""
        return self.shards == self.processes

    def gradients(self, arrays: SharedArrays, process: int) -> FloatArray:
        """Where a process, 0 for the one that trains, computes the gradients of a shard, (parameters,)."""
        rows: FloatArray = arrays["gradients"]
        return rows[process] if self.in_place else np.zeros_like(rows[0])

    def batch(self, arrays: SharedArrays, size: int) -> Batch:
        """The batch of this size in the shared memory."""
        weights = arrays["weights"] if self.weighted else None
        return Batch(np.arange(size), arrays["inputs"], arrays["targets"], weights, None)

    def make_optimizer(self) -> Optimizer | None:
        """The optimizer, or None where the steps are not shared."""
        return (
            None if self.optimizer is None else optimizer_named(self.optimizer["kind"], **_without_kind(self.optimizer))
        )

    def make_network(self) -> Network:
        """The network with its loss; its initial values mean nothing."""
        network = Network.from_config(**self.network)
        network.loss = LOSSES[self.loss["kind"]].from_config(_without_kind(self.loss))
        return network


def _without_kind(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name != "kind"}


def can_be_described(network: Network) -> bool:
    """Whether another process knows all layers and the loss; a subclass may compute something else."""
    loss = network.require_loss()
    return LOSSES.get(loss.kind) is type(loss) and all(
        LAYERS.get(layer.kind) is type(layer) and not layer.holds_function for layer in network.layers
    )


def can_share_steps(optimizer: Optimizer) -> bool:
    """Whether another process can do a part of this optimizer's steps."""
    known = OPTIMIZERS.get(optimizer.kind)
    exact = type(optimizer) is getattr(known, "func", known)
    return exact and optimizer.works_in_parts and optimizer.rate_schedule is None


class Lookout:
    """Looks for something to read, for a moment, before a process goes to sleep over it.

    A process that sleeps is woken on the core of the one that writes, and stays in its way for a millisecond or two.

    Args:
        descriptor: of a pipe.
    """

    def __init__(self, descriptor: int) -> None:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        self._look = poll.poll

    def look(self) -> None:
        """Until there is something, or the moment is over."""
        until = time.perf_counter() + _LOOK_SECONDS
        while not self._look(0) and time.perf_counter() < until:
            pass
