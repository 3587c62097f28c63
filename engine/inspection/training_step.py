"""Training, one step at a time, with every number kept: forwards, and back again."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.core.parameters import FloatArray
from engine.inspection.twin import logit_stages, readable_twin
from engine.losses.penalty import WeightPenalty
from engine.network.gradient_check import numeric_gradient
from engine.network.network import Network
from engine.optimizers import Optimizer

# What the steps that can be taken back may take together.
MOST_BYTES = 64 * 1024 * 1024
# Readable layers in double precision keep up to 4 MB an example (of `cnn-large`): no more go through them at once.
_PART = 32
# How far a measured slope may be from the gradient, in parts of it, and the steps that are tried one after the other:
# where a corner (ReLU, maximum) lies within one, a shorter one may stay on one side of it.
_TOLERANCE = 1e-6
_STEPS = (1e-5, 1e-6, 1e-7)


@dataclass(frozen=True, eq=False)
class StepRecord:
    """All numbers of one step on a batch of n examples.

    Attributes:
        number: 1 for the first.
        last_inputs: (n, …), what the last layer before the probabilities takes, before the step.
        logits: (n, outputs), what it makes of them.
        predictions: (n, outputs), what the loss makes of them.
        loss: their mean loss.
        logit_gradients: (n, outputs), ∂L/∂z.
        gradients: (weights,), ∂L/∂w of every weight, and the slope of its layer's own penalty on large weights.
        before, after: (weights,), the weights.
        slots_before, slots: what the optimizer remembers by name, (weights,) each; before is empty at the first step.
        learning_rate: α.
        answer_before, answer_after: (outputs,), predictions for the image that is watched; None without one.
        loss_after: of the same batch with the new weights.
    """

    number: int
    last_inputs: FloatArray
    logits: FloatArray
    predictions: FloatArray
    loss: float
    logit_gradients: FloatArray
    gradients: FloatArray
    before: FloatArray
    after: FloatArray
    slots_before: dict[str, FloatArray]
    slots: dict[str, FloatArray]
    learning_rate: float
    answer_before: FloatArray | None
    answer_after: FloatArray | None
    loss_after: float


@dataclass(frozen=True, slots=True)
class WeightCheck:
    """A gradient beside the slope that is measured by walking a little way up and down.

    A loss is computed up to about ε·max(1, |L|), ε = 2⁻⁵², so the measured slope is uncertain by that over h besides
    its error of order h² (Nocedal and Wright, "Numerical Optimization", 2006, section 8.1): a slope that is not much
    steeper has no relative error worth a name. As in `numpy.isclose`, the two agree when

        |analytic − numeric| ≤ rounding + 10⁻⁶·max(|analytic|, |numeric|)

    Attributes:
        analytic: ∂L/∂w by backpropagation.
        numeric: (L(w + h) − L(w − h)) / 2h.
        rounding: ε·max(1, |L|) / h, what rounding alone may make of no difference.
    """

    analytic: float
    numeric: float
    rounding: float

    @property
    def difference(self) -> float:
        """|analytic − numeric|."""
        return abs(self.analytic - self.numeric)

    @property
    def error(self) -> float:
        """The difference relative to the larger of the two; 0 where both are."""
        return self.difference / (max(abs(self.analytic), abs(self.numeric)) or 1.0)

    @property
    def agrees(self) -> bool:
        """Whether rounding or the formula's own error explains the difference."""
        return self.difference <= self.rounding + _TOLERANCE * max(abs(self.analytic), abs(self.numeric))


@dataclass(eq=False)
class StepByStep:
    """Trains a copy of a network in float64 on one batch, as often as asked, and can take steps back.

    Attributes:
        network: the copy, as it is now.
        optimizer: whose rule is followed; a new one.
        images: (n, height, width).
        targets: (n,) or (n, outputs), as the loss takes them.
        watched: (height, width), whose answer is told before and after; or None.
        records: the steps that were done, oldest first; the newest ones where all would take too much memory.
    """

    network: Network
    optimizer: Optimizer
    images: FloatArray
    targets: NDArray[Any]
    watched: FloatArray | None = None
    records: list[StepRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.network = readable_twin(self.network, np.float64, head=True)
        self._inputs = self.network.prepare_inputs(self.images)
        self._penalty = WeightPenalty(self.network.store)
        loss = self.network.require_loss()
        self._prepared = loss.prepare_targets(self.targets, self.network.answer_shape, np.float64)

    def forward(self) -> StepRecord:
        """Do a step and keep its numbers."""
        store, loss = self.network.store, self.network.require_loss()
        last = self.records[-1] if self.records else None
        before = store.values.copy() if last is None else last.after
        slots_before = self._slots() if last is None else last.slots
        answer_before = self._answer()
        found: dict[str, Any] = {}

        def evaluate() -> float:
            found.update(self._evaluate())
            return float(found["value"])

        value = self.optimizer.step(store, evaluate)
        record = StepRecord(
            1 if last is None else last.number + 1,
            found["last_inputs"],
            found["logits"],
            loss.to_predictions(found["outputs"]),
            value,
            found["logit_gradients"],
            found["gradients"],
            before,
            store.values.copy(),
            slots_before,
            self._slots(),
            self.optimizer.learning_rate,
            answer_before,
            self._answer(),
            self._loss(),
        )
        self.records.append(record)
        # Steps share what stood between them; of what each one adds, so much is kept.
        added = record.gradients.nbytes + record.after.nbytes + sum(values.nbytes for values in record.slots.values())
        del self.records[: -max(2, MOST_BYTES // added)]
        return record

    @property
    def can_go_back(self) -> bool:
        """Whether the last step can be taken back: one has to be left to show, unless it is the first."""
        return bool(self.records) and (len(self.records) > 1 or self.records[0].number == 1)

    def back(self) -> bool:
        """Take the last step back: weights and the optimizer's memory; False where there is none, or none before it."""
        if not self.can_go_back:
            return False
        record = self.records.pop()
        self.network.store.values[...] = record.before
        state: dict[str, Any] = {**self.optimizer.state_dict(), **record.slots_before}
        state["steps"] = self.optimizer.steps - 1
        if not record.slots_before:
            state = {name: value for name, value in state.items() if name not in self.optimizer.slot_names}
        self.optimizer.load_state_dict(state)
        return True

    def check(self, index: int) -> WeightCheck:
        """Compare ∂L/∂w of the weight at this place of the flat vector, as it is now, with a measured slope."""
        found, values = self._evaluate(), self.network.store.values
        analytic, checks = float(found["gradients"][index]), []
        for step in _STEPS:
            rounding = float(np.finfo(np.float64).eps) * max(1.0, abs(found["value"])) / step
            numeric = float(numeric_gradient(self._price, values, [index], step)[0])
            checks.append(WeightCheck(analytic, numeric, rounding))
            if checks[-1].agrees:
                return checks[-1]
        return checks[0]

    def _evaluate(self) -> dict[str, Any]:
        """What a step tells of the way there and back, by name, with its "value"; the store has the gradients too."""
        network, store, loss, count = self.network, self.network.store, self.network.require_loss(), len(self._inputs)
        *before, last = logit_stages(network)
        heads = network.stages[len(before) + 1 :]
        found: defaultdict[str, list[FloatArray]] = defaultdict(list)
        value, gradients = 0.0, np.zeros_like(store.gradients)
        for start in range(0, count, _PART):
            values = self._inputs[start : start + _PART]
            for stage in before:
                values = stage.forward(values, True)
            found["last_inputs"].append(values.copy())
            values = last.forward(values, True)
            found["logits"].append(values.copy())
            for head in heads:
                values = head.forward(values, True)
            found["outputs"].append(values.copy())
            targets = self._prepared[start : start + _PART]
            part, gradient = loss.value_and_gradient(values, targets, normalizer=float(count))
            slope = gradient.copy()
            for head in heads:
                slope = head.backward(slope)
            found["logit_gradients"].append(slope.copy())
            network.backward(gradient)
            value += part
            gradients += store.gradients
        store.gradients[...] = gradients
        self._penalty.add()
        gradients = store.gradients.copy()
        whole = {name: np.concatenate(parts) for name, parts in found.items()}
        return {**whole, "value": value, "gradients": gradients}

    def _loss(self) -> float:
        """The mean loss with the weights as they are; the layers forget the examples."""
        outputs = self.network.logits(self._inputs, _PART)
        return self.network.require_loss().value(outputs, self._prepared)

    def _price(self) -> float:
        """What a step makes less: the loss and the layers' own penalties."""
        return self._loss() + self._penalty.value()

    def _slots(self) -> dict[str, FloatArray]:
        return {name: values.copy() for name, values in self.optimizer.slots.items()}

    def _answer(self) -> FloatArray | None:
        if self.watched is None:
            return None
        logits = self.network.propagate(self.network.prepare_inputs(self.watched[np.newaxis]), training=False)
        return np.asarray(self.network.require_loss().to_predictions(logits)[0]).copy()


def weight_index(network: Network, number: int, parameter: int, place: ArrayLike) -> int:
    """Where a weight stands in the flat vector of all that is trained.

    Args:
        network: built, with nothing frozen.
        number: of the layer.
        parameter: 0 for the kernel, 1 for the bias.
        place: its index in that array, an entry an axis, (axes,).
    """
    start = 0
    for layer in network.layers[:number]:
        start += sum(one.value.size for one in layer.parameters if one.trainable)
    parameters = network.layers[number].parameters
    start += sum(one.value.size for one in parameters[:parameter] if one.trainable)
    indices = tuple(int(part) for part in np.asarray(place).reshape(-1))
    return start + int(np.ravel_multi_index(indices, parameters[parameter].value.shape))
