"""A run in plain JSON values: all that a worker process has to know to take part in it."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from engine.batches.examples import TrainingData
from engine.layers import LAYERS
from engine.losses import LOSSES, Loss
from engine.network.network import Network
from engine.optimizers import OPTIMIZERS, Optimizer
from engine.parallel.processes.batch_buffers import BatchBuffers
from engine.parallel.processes.job_board import JobBoard
from engine.parallel.processes.shared_arrays import Layout


@dataclass(frozen=True, slots=True)
class RunDescription:
    """Network, loss, optimizer and sizes of a run.

    Attributes:
        network: arguments of `Network.from_config`.
        loss, optimizer: kind and arguments.
        parameters: numbers that the optimizer changes.
        state: numbers that it does not.
        memory: names of the vectors that the optimizer remembers.
        batch_size: the largest.
        output_shape: of one example.
        target_shape, target_type: of one example's target.
        weighted: whether examples have weights.
        chunk_size: examples that go through the network at once.
        members: worker processes.
        low_priority: whether they run at a lower priority.
    """

    network: dict[str, Any]
    loss: dict[str, Any]
    optimizer: dict[str, Any]
    parameters: int
    state: int
    memory: list[str]
    batch_size: int
    output_shape: list[int]
    target_shape: list[int]
    target_type: str
    weighted: bool
    chunk_size: int
    members: int
    low_priority: bool

    @classmethod
    def of(
        cls,
        network: Network,
        optimizer: Optimizer,
        data: TrainingData,
        *,
        batch_size: int,
        chunk_size: int,
        members: int,
        low_priority: bool,
    ) -> Self:
        """The description of a run with a built network."""
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
            {"kind": optimizer.kind, **optimizer.config()},
            network.store.values.size,
            network.store.state.size,
            list(optimizer.slot_names),
            batch_size,
            list(network.output_shape),
            list(data.targets.shape[1:]),
            data.targets.dtype.str,
            data.weights is not None,
            chunk_size,
            members,
            low_priority,
        )

    def to_json(self) -> str:
        """One line; `TypeError` or `ValueError` for what JSON does not know."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` gave."""
        return cls(**json.loads(text))

    def layout(self) -> Layout:
        """The arrays that the run shares."""
        kind = np.dtype(self.network["dtype"]).str
        vector = ((self.parameters,), kind)
        layout: dict[str, tuple[tuple[int, ...], str]] = {
            "words": ((JobBoard.size(self.members),), "<i8"),
            "rate": ((1,), "<f8"),
            "losses": ((self.members, 8), "<f8"),
            "values": vector,
            "state": ((self.state,), kind),
            "gradients": vector,
        }
        layout |= {f"gradients {member}": vector for member in range(self.members)}
        layout |= dict.fromkeys(self.memory, vector)
        layout.update(
            BatchBuffers.layout(
                self.batch_size,
                self.network["input_shape"],
                self.output_shape,
                self.target_shape,
                (kind, self.target_type),
                weighted=self.weighted,
            )
        )
        return layout

    def make_network(self) -> Network:
        """The network, with initial weights that mean nothing, and its loss."""
        settings = dict(self.network)
        network = Network.from_config(settings.pop("configs"), **settings)
        loss = dict(self.loss)
        network.loss = LOSSES[loss.pop("kind")].from_config(loss)
        return network

    def make_optimizer(self) -> Optimizer:
        """The optimizer, with no memory."""
        settings = dict(self.optimizer)
        return OPTIMIZERS[settings.pop("kind")](**settings)


def can_be_described(network: Network, optimizer: Optimizer) -> bool:
    """Whether another process knows all kinds of things in a run; a subclass may compute something else."""
    loss = network.require_loss()
    known = OPTIMIZERS.get(optimizer.kind)
    return (
        all(LAYERS.get(layer.kind) is type(layer) for layer in network.layers)
        and _is_plain(loss)
        and known is not None
        and type(known(**optimizer.config())) is type(optimizer)
    )


def _is_plain(loss: Loss) -> bool:
    return LOSSES.get(loss.kind) is type(loss)
