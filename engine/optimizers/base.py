"""What every optimizer is: a rule that turns gradients into a step of the weights.

All weights of a network are one flat vector, so a rule is a handful of vector operations. They run in place, through
scratch memory that is kept, on one slice of the vector at a time: slices stay in the processor's cache. Element by
element the result does not depend on how the vector is cut.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

import numpy as np

from engine.core.number_check import is_finite_number
from engine.core.parameters import FloatArray, ParameterStore
from engine.errors import ConfigurationError, ShapeError

# Numbers in a slice: four vectors of this length stay in the cache, and the calls on them cost little beside the work.
_BLOCK = 65_536


class Optimizer:
    """Base class of all optimizers.

    A first-order rule overrides `prepare_step` (the scalars of this step) and `update` (the arithmetic on a slice), and
    names the vectors that it remembers in `slot_names`. Anything else, such as L-BFGS, overrides `step`.

    Attributes:
        kind: name in the registry.
        full_batch: whether a step needs all the training data at once.
        learning_rate: step size, a number; may be changed between steps (schedules do).
        clip_norm: the gradient is scaled down to this Euclidean norm when it is longer, or None.
        steps: steps done.
        finished: whether the rule has found a minimum and cannot go on.
    """

    kind: ClassVar[str]
    full_batch: ClassVar[bool] = False
    slot_names: ClassVar[tuple[str, ...]] = ()
    scratch_count: ClassVar[int] = 1

    def __init__(self, learning_rate: float, clip_norm: float | None = None) -> None:
        if not (is_finite_number(learning_rate) and learning_rate > 0):
            raise ConfigurationError(f"Learning rate must be greater than 0, not {learning_rate!r}.", "learning_rate")
        if clip_norm is not None and not (is_finite_number(clip_norm) and clip_norm > 0):
            raise ConfigurationError(f"Gradient clipping must be greater than 0, not {clip_norm!r}.", "clip_norm")
        self.learning_rate = float(learning_rate)
        self.clip_norm = clip_norm
        self.steps = 0
        self.finished = False
        self.slots: dict[str, FloatArray] = {}
        self._scratch: tuple[FloatArray, ...] = ()
        # Size and type of the vectors that slots and scratch are made for.
        self._layout: tuple[int, np.dtype[Any]] | None = None

    def step(self, store: ParameterStore, evaluate: Callable[[], float]) -> float:
        """Change `store.values` by one step.

        Args:
            store: the network's parameters.
            evaluate: runs forward and backward on the current batch, fills `store.gradients`, returns the loss.

        Returns:
            the loss before the step. When it is not finite, the weights are left as they are.
        """
        loss = evaluate()
        if math.isfinite(loss):
            self.apply(store.values, store.gradients)
        return loss

    def apply(self, values: FloatArray, gradients: FloatArray) -> None:
        """One step of the rule on flat vectors: `values` change in place, `gradients` may be scaled."""
        self._make_room(values)
        if self.clip_norm is not None:
            clip_by_norm(gradients, self.clip_norm)
        self.steps += 1
        # A callback may have set a NumPy number, whose type would make the same rule round otherwise.
        self.learning_rate = float(self.learning_rate)
        self.prepare_step()
        for start in range(0, values.size, _BLOCK):
            part = slice(start, start + _BLOCK)
            self.update(
                values[part],
                gradients[part],
                tuple(slot[part] for slot in self.slots.values()),
                tuple(vector[part] for vector in self._scratch),
            )

    def _make_room(self, values: FloatArray) -> None:
        if self._layout != (values.size, values.dtype):
            self._allocate(values)

    def prepare_step(self) -> None:
        """Compute the scalars of this step; `steps` already counts it."""

    def update(
        self,
        values: FloatArray,
        gradients: FloatArray,
        slots: tuple[FloatArray, ...],
        scratch: tuple[FloatArray, ...],
    ) -> None:
        """The rule on one slice, in place and without allocating."""
        raise NotImplementedError

    def _allocate(self, values: FloatArray) -> None:
        size, dtype = values.size, values.dtype
        self._scratch = tuple(np.empty(size, dtype) for _ in range(self.scratch_count))
        for name in self.slot_names:
            kept = self.slots.get(name)
            if kept is None:
                self.slots[name] = np.zeros(size, dtype)
            elif kept.size != size:
                raise ShapeError(
                    f"The optimizer {self.kind!r} remembers {kept.size} parameters, the network has {size}; "
                    "use a new optimizer for another network."
                )
            elif kept.dtype != dtype:
                self.slots[name] = kept.astype(dtype)
        # In the order in which `update` takes them.
        self.slots = {name: self.slots[name] for name in self.slot_names}
        self._layout = size, dtype

    def reset(self) -> None:
        """Forget everything learnt from earlier steps; the settings stay."""
        self.steps = 0
        self.finished = False
        self.slots = {}
        self._layout = None

    def state_dict(self) -> dict[str, Any]:
        """Copies of all that an exact resume needs: flat arrays, whole numbers and numbers."""
        state: dict[str, Any] = {"steps": self.steps, "learning_rate": self.learning_rate, "finished": self.finished}
        state.update((name, array.copy()) for name, array in self.slots.items())
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        self.steps = int(state["steps"])
        self.learning_rate = float(state["learning_rate"])
        self.finished = bool(state["finished"])
        self.slots = {name: np.array(state[name]) for name in self.slot_names if name in state}
        self._layout = None

    def begin(self, resumed: bool) -> None:
        """Before the first step of a run; `resumed` when it goes on exactly where another one ended.

        A first-order rule keeps its memory from one run to the next, as in Keras.
        """

    def config(self) -> dict[str, Any]:
        """The constructor's arguments as plain JSON values, without `kind`."""
        return {"learning_rate": self.learning_rate, "clip_norm": self.clip_norm}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """The optimizer that `config` described, without its memory."""
        return cls(**config)


def clip_by_norm(gradients: FloatArray, limit: float) -> float:
    """Scale the vector in place so that its Euclidean norm is at most `limit`; returns the norm before.

    Pascanu et al., "On the difficulty of training recurrent neural networks", 2013. The direction stays.
    """
    norm = math.sqrt(float(np.dot(gradients, gradients)))
    if not math.isfinite(norm):
        # The squares overflowed, not necessarily the gradient itself.
        norm = float(np.linalg.norm(gradients.astype(np.float64)))
    if norm > limit:
        gradients *= limit / norm
    return norm


def require_fraction(value: float, name: str, field: str = "") -> float:
    """`value` when it lies in [0, 1), as decay rates do; else `ConfigurationError`."""
    if not (is_finite_number(value) and 0 <= value < 1):
        raise ConfigurationError(f"{name} must be at least 0 and less than 1, not {value!r}.", field)
    return float(value)


def require_positive(value: float, name: str) -> float:
    """`value` when it is a finite number > 0; else `ConfigurationError`."""
    if not (is_finite_number(value) and value > 0):
        raise ConfigurationError(f"{name} must be greater than 0, not {value!r}.")
    return float(value)
