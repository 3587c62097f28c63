"""Networks whose class says itself what a step is: `train_step` and `test_step`, as Keras' guides write them."""

from typing import Any

import numpy as np

from engine.core.tensor import as_tensor
from engine.losses.base import Loss


class OwnSteps:
    """The part of a network that steps of one's own may ask for."""

    loss: Loss | None
    optimizer: Any
    losses: Any
    trainable_weights: Any
    compiled_metrics: Any
    _step_metrics: list[Any] | None = None

    @property
    def metrics(self) -> list[Any]:
        """The mean loss and the compiled metrics as objects that `update_state` with each batch."""
        if self._step_metrics is None:
            from engine.sequential.own_run import step_metrics

            self._step_metrics = step_metrics(self.compiled_metrics, self.loss)
        return self._step_metrics

    @metrics.setter
    def metrics(self, names: Any) -> None:  # noqa: ANN401 — names
        self.metric_names = names

    def reset_metrics(self) -> None:
        """Let all metrics begin anew."""
        for metric in self.metrics:
            metric.reset_state()

    def compute_loss(
        self,
        x: Any = None,  # noqa: ANN401 — tensors
        y: Any = None,  # noqa: ANN401
        y_pred: Any = None,  # noqa: ANN401
        sample_weight: Any = None,  # noqa: ANN401
        training: bool = True,
    ) -> Any:  # noqa: ANN401 — a number
        """The compiled loss of a batch, and what weights and outputs cost beside it."""
        total: Any = as_tensor(0.0) if self.loss is None else self.loss(y, y_pred, sample_weight=sample_weight)
        for penalty in self.losses:
            total = total + penalty
        return total

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:  # noqa: ANN401
        """Give the metrics a batch, and their values so far."""
        for metric in self.metrics:
            if metric.name != "loss":
                metric.update_state(y, y_pred, sample_weight=sample_weight)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """The metrics so far by name."""
        return {metric.name: metric.result() for metric in self.metrics}

    def train_step(self, data: Any) -> dict[str, Any]:  # noqa: ANN401 — (x, y[, weights])
        """One step on a batch of tensors; metrics by name."""
        from engine.core.tape import GradientTape

        x, y, weights = unpacked(data)
        with GradientTape() as tape:
            outputs = self(x, training=True)  # type: ignore[operator]
            value = self.compute_loss(x, y, outputs, weights)
        learning = list(self.trainable_weights)
        self.optimizer.apply_gradients(zip(tape.gradient(value, learning), learning, strict=True))
        return self._noted(value, x, y, outputs, weights)

    def test_step(self, data: Any) -> dict[str, Any]:  # noqa: ANN401 — (x, y[, weights])
        """The metrics of a batch of tensors by name, no step taken."""
        x, y, weights = unpacked(data)
        outputs = self(x, training=False)  # type: ignore[operator]
        return self._noted(self.compute_loss(x, y, outputs, weights, training=False), x, y, outputs, weights)

    def _noted(self, value: Any, x: Any, y: Any, outputs: Any, weights: Any) -> dict[str, Any]:  # noqa: ANN401
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(value, sample_weight=len(np.asarray(outputs)))
        return self.compute_metrics(x, y, outputs, weights)

    def writes(self, step: str) -> bool:
        """Whether the class has its own `train_step` or `test_step`."""
        return getattr(type(self), step) is not getattr(OwnSteps, step)


def unpacked(data: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401 — a tensor, or a tuple of one to three
    """Inputs, targets and weights of a batch; None for what is not there."""
    x, y, weights = (*data, None, None)[:3] if isinstance(data, tuple) else (data, None, None)
    return x, y, weights
