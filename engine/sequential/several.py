"""Several inputs and outputs of a network as one of each: arrays side by side, losses and metrics of parts.

Packed arrays are (n, numbers).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError, DataError
from engine.evaluation.metric_choice import CompiledMetric
from engine.layer_support.structures import flatten, unpack
from engine.layer_support.symbolic import SymbolicTensor
from engine.losses import Loss, SparseCategoricalCrossentropy, make_loss
from engine.sequential.asked_network import AskedNetwork, alone
from engine.sequential.compiling import compiled_metrics


class PackedLoss(Loss):
    """The weighted sum of a loss for each output.

    Args:
        losses: of the outputs; None where one has none.
        shapes: of the outputs, without the batch axis.
        weights: of the losses.
    """

    kind, task = "packed", "values"

    def __init__(self, losses: Sequence[Loss | None], shapes: Sequence[Shape], weights: Sequence[float]) -> None:
        super().__init__()
        self.losses, self.shapes, self.weights = tuple(losses), tuple(shapes), tuple(weights)
        # Class numbers are one number an example.
        self.target_shapes = [
            shape[:-1] if isinstance(loss, SparseCategoricalCrossentropy) else shape
            for loss, shape in zip(losses, shapes, strict=True)
        ]

    def outputs(self, rows: FloatArray) -> list[FloatArray]:
        """The outputs that lie side by side in (batch, numbers), each in its shape."""
        return [np.ascontiguousarray(part) for part in unpack(rows, self.shapes)]

    def targets(self, rows: NDArray[Any]) -> list[NDArray[Any]]:
        """The same for targets."""
        parts = unpack(rows, self.target_shapes)
        return [
            part.astype(np.intp) if isinstance(loss, SparseCategoricalCrossentropy) else np.ascontiguousarray(part)
            for part, loss in zip(parts, self.losses, strict=True)
        ]

    def prepare_each(self, given: Sequence[Any], dtype: Any) -> NDArray[Any]:  # noqa: ANN401
        """Targets of each output side by side, (n, numbers), checked by its loss."""
        parts = []
        for loss, shape, targets in zip(self.losses, self.shapes, given, strict=True):
            prepared = np.asarray(targets) if loss is None else loss.prepare_targets(targets, shape, dtype)
            parts.append(prepared.reshape(len(prepared), -1))
        return np.concatenate(parts, axis=1)

    def prepare_targets(self, targets: Any, output_shape: Shape, dtype: Any = np.float32) -> NDArray[Any]:  # noqa: ANN401
        """What `prepare_each` gave."""
        return np.asarray(targets, dtype)

    def _align(self, targets: NDArray[Any], outputs: FloatArray) -> NDArray[Any]:
        return targets

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        total, gradients = np.zeros(len(outputs)), []
        parts = zip(self.losses, self.weights, self.outputs(outputs), self.targets(targets), strict=True)
        for loss, weight, given, wanted in parts:
            if loss is None:
                gradients.append(np.zeros((len(outputs), given[0].size), outputs.dtype))
                continue
            values, gradient = loss.each(given, wanted)
            total += weight * values
            gradients.append((weight * gradient).reshape(len(outputs), -1))
        return total, np.concatenate(gradients, axis=1).astype(outputs.dtype)

    def to_predictions(self, outputs: FloatArray) -> FloatArray:
        """What each loss makes of its output, side by side."""
        parts = zip(self.losses, self.outputs(outputs), strict=True)
        made = [part if loss is None else loss.to_predictions(part) for loss, part in parts]
        return np.concatenate([part.reshape(len(part), -1) for part in made], axis=1)


class PartMetric(CompiledMetric):
    """A metric of one output.

    Args:
        given: as for `CompiledMetric`; None for the output's loss.
        place: of the output.
        name: in the history.
    """

    def __init__(self, given: CompiledMetric | None, place: int, name: str) -> None:
        self.given, self.place, self.name = given, place, name

    def value(self, loss: Loss, outputs: Any, targets: Any, weights: Any = None, batch_size: int | None = None) -> Any:  # noqa: ANN401
        """The metric for packed outputs and targets (n, numbers)."""
        assert isinstance(loss, PackedLoss)
        part, wanted, own = (
            loss.outputs(outputs)[self.place],
            loss.targets(targets)[self.place],
            loss.losses[self.place],
        )
        if self.given is not None:
            return self.given.value(own or loss, part, wanted, weights, batch_size)
        return 0.0 if own is None else float(own.value(part, wanted, weights))


class SeveralInputsAndOutputs(AskedNetwork):
    """The part of a network that packs and unpacks.

    Attributes:
        starts, ends: placeholders of the inputs and outputs.
    """

    starts: Sequence[SymbolicTensor] = ()
    ends: Sequence[SymbolicTensor] = ()
    _outputs_again: Any = None
    # What `compile` got, for a network whose outputs are not known yet.
    _compiled: dict[str, Any] | None = None

    def keep_structures(self, starts: Sequence[SymbolicTensor], ends: Sequence[SymbolicTensor], outputs: Any) -> None:  # noqa: ANN401
        """Remember the placeholders, and how the outputs were given."""
        self.starts, self.ends = list(starts), list(ends)
        self._outputs_again = flatten(outputs)[1] if len(ends) > 1 else (lambda leaves: leaves[0])

    @property
    def input_shape(self) -> Any:  # noqa: ANN401
        """The shape of the inputs with the batch axis: (None, …), or a list of them."""
        return [start.shape for start in self.starts] if len(self.starts) > 1 else self.input.shape

    @property
    def output_shape(self) -> Any:  # noqa: ANN401
        """The same for the outputs, in the structure in which they were given."""
        return self.as_given([end.shape for end in self.ends]) if len(self.ends) > 1 else self.output.shape

    @property
    def output_names(self) -> list[str]:
        """The names of the layers that give the outputs."""
        names = {number: layer.name for number, layer in enumerate(self.layers)}
        return [names.get(self._number_of(end), end.name) for end in self.ends]

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs."""
        return [start.name for start in self.starts]

    def _number_of(self, tensor: SymbolicTensor) -> int:
        for number, layer in enumerate(self.layers):
            if layer is tensor.producer or layer.source is tensor.producer is not None:
                return number
        return -1

    def input_leaves(self, x: Any) -> list[Any] | None:  # noqa: ANN401 — arrays in a structure
        """The inputs in the network's order; `DataError` where one is missing."""
        if isinstance(x, Mapping):
            missing = [name for name in self.input_names if name not in x]
            if missing and len(x) == len(self.starts):
                return list(x.values())
            if missing:
                raise DataError(f"The inputs have no {missing[0]!r}; the network's are {', '.join(self.input_names)}.")
            return [x[name] for name in self.input_names]
        if len(self.starts) < 2:
            return [alone(x)]
        if not isinstance(x, list | tuple) or len(x) != len(self.starts):
            raise DataError(f"The network takes {len(self.starts)} inputs, in a list or by name.")
        return list(x)

    def arranged(self, x: Any, y: Any, weights: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401 — arrays in structures
        """Inputs and targets packed, where there are several.

        Raises `DataError` for inputs of different lengths, `ConfigurationError` before several losses are chosen.
        """
        self.build_for_structure(x)
        if isinstance(x, Iterator):
            return (self._arranged_batch(batch) for batch in x), y, weights
        if len(self.starts) > 1:
            leaves = [np.asarray(leaf, self.dtype) for leaf in self.input_leaves(x) or ()]
            if len({len(leaf) for leaf in leaves}) > 1:
                raise DataError(f"The inputs are of {', '.join(str(len(leaf)) for leaf in leaves)} examples.")
            self.fit_lengths(leaves)
            x = np.concatenate([leaf.reshape(len(leaf), -1) for leaf in leaves], axis=1)
        elif isinstance(x, list | tuple | Mapping):
            x = (self.input_leaves(x) or [x])[0]
        if len(self.ends) > 1 and y is not None:
            loss = self.require_loss()
            if not isinstance(loss, PackedLoss):
                raise ConfigurationError("A network with several outputs needs a loss for each: compile it.", "loss")
            y = loss.prepare_each(self._by_output(y, "targets"), self.dtype)
        return x, y, weights

    def _arranged_batch(self, batch: Any) -> Any:  # noqa: ANN401 — (x, y[, weights])
        parts = (*batch, None, None)[:3] if isinstance(batch, tuple) else (batch, None, None)
        return self.arranged(*parts)

    def build_for_structure(self, x: Any) -> None:  # noqa: ANN401 — arrays in a structure
        """Here nothing: inputs are known; a class of one's own learns them from the first data."""

    def fit_lengths(self, leaves: Sequence[Any]) -> None:
        """Build anew for inputs of other lengths; here nothing."""

    def given_back(self, outputs: FloatArray) -> Any:  # noqa: ANN401 — one array, or as the outputs were given
        """The outputs apart."""
        if len(self.ends) < 2:
            return outputs
        return self.as_given([np.array(part) for part in unpack(outputs, [end.example_shape for end in self.ends])])

    def as_given(self, leaves: Sequence[Any]) -> Any:  # noqa: ANN401
        """Outputs in the structure in which they were given."""
        return self._outputs_again(list(leaves))

    def _by_output(self, given: Any, what: str) -> list[Any]:  # noqa: ANN401 — one for each output
        names, number = self.output_names, len(self.ends)
        if isinstance(given, Mapping):
            unknown = [name for name in given if name not in names]
            if unknown:
                raise ConfigurationError(f"There is no output {unknown[0]!r}; there are {', '.join(names)}.", what)
            return [given.get(name) for name in names]
        if isinstance(given, list | tuple):
            if len(given) != number:
                raise ConfigurationError(f"There are {number} outputs, but {len(given)} {what} for them.", what)
            return list(given)
        return [given] * number

    def compile(  # type: ignore[override]
        self,
        optimizer: Any = "rmsprop",  # noqa: ANN401
        loss: Any = None,  # noqa: ANN401
        loss_weights: Any = None,  # noqa: ANN401
        **settings: Any,  # noqa: ANN401
    ) -> None:
        """As for every network; a loss and metrics for each output, in lists or by name."""
        self._compiled = {"optimizer": optimizer, "loss": loss, "loss_weights": loss_weights, **settings}
        if not self.ends and isinstance(loss, list | tuple | Mapping) and len(loss) > 1:
            # How many outputs there are will be known with the first data.
            super().compile(optimizer)
            return
        if len(self.ends) < 2:
            given = loss[0] if isinstance(loss, list | tuple) and len(loss) == 1 else loss
            given = next(iter(given.values())) if isinstance(given, Mapping) else given
            metrics = settings.get("metrics")
            if isinstance(metrics, Mapping):
                settings["metrics"] = next(iter(metrics.values()))
            if isinstance(loss_weights, Mapping | list | tuple):
                own = list(loss_weights.values()) if isinstance(loss_weights, Mapping) else loss_weights
                loss_weights = None if all(weight in (1, None) for weight in own) else loss_weights
            super().compile(optimizer, given, loss_weights, **settings)
            return
        losses = [None if one is None else make_loss(one) for one in self._by_output(loss, "loss")]
        weights = [1.0 if one is None else float(one) for one in self._by_output(loss_weights, "loss_weights")]
        metrics = settings.pop("metrics", None)
        super().compile(optimizer, PackedLoss(losses, [end.example_shape for end in self.ends], weights), **settings)
        names = self.output_names
        own = [PartMetric(None, place, f"{name}_loss") for place, name in enumerate(names) if losses[place] is not None]
        chosen_metrics = self._metrics_by_output(metrics)
        # Keras tells them in the order of the outputs' names.
        for place in sorted(range(len(names)), key=names.__getitem__):
            chosen = chosen_metrics[place]
            for metric in compiled_metrics(chosen):
                own.append(PartMetric(metric, place, f"{names[place]}_{metric.name}"))
        self.compiled_metrics = tuple(own)

    def _metrics_by_output(self, metrics: Any) -> list[Any]:  # noqa: ANN401
        if isinstance(metrics, list | tuple) and len(metrics) != len(self.ends):
            return [list(metrics)] * len(self.ends)
        return [None] * len(self.ends) if metrics is None else self._by_output(metrics, "metrics")
