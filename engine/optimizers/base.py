"""What every optimizer is: a rule that turns gradients into a step of the weights.

All weights of a network are one flat vector, so a rule is a handful of vector operations. They run in place, through
scratch memory that is kept, on one slice of the vector at a time: slices stay in the processor's cache. Element by
element the result does not depend on how the vector is cut.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self, TypedDict

import numpy as np

from engine.core.number_check import is_finite_number
from engine.core.parameters import FloatArray, ParameterStore, Shape
from engine.core.tensor import Tensor, as_tensor
from engine.errors import ConfigurationError, ShapeError
from engine.optimizers.by_variables import StepsByVariables
from engine.optimizers.checks import require_fraction
from engine.optimizers.clipping import clip_by_norm
from engine.optimizers.learning_rates import LearningRateSchedule, rate_from_config
from engine.optimizers.rate import RateAttribute

# Numbers in a slice: four vectors of this length stay in the cache, and the calls on them cost little beside the work.
_BLOCK = 65_536


# A step size, or what gives it for each step.
RateLike = float | LearningRateSchedule


class OptimizerOptions(TypedDict, total=False):
    """What every optimizer takes, by keyword; see `Optimizer`."""

    weight_decay: float | None
    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    use_ema: bool
    ema_momentum: float
    name: str | None
    ema_overwrite_frequency: None
    loss_scale_factor: None
    gradient_accumulation_steps: None


class Optimizer(StepsByVariables):
    """Base class of all optimizers.

    A first-order rule overrides `prepare_step` (the scalars of this step) and `update` (the arithmetic on a slice), and
    names the vectors that it remembers in `slot_names`. Anything else, such as L-BFGS, overrides `step`.

    Attributes:
        kind: name in the registry.
        full_batch: whether a step needs all the training data at once.
        learning_rate: step size, a number; may be changed between steps (schedules do).
        clip_norm: the gradient is scaled down to this Euclidean norm when it is longer, or None.
        rate_schedule: gives the learning rate of each step, or None.

    Args:
        learning_rate: a number > 0, or a schedule of `engine.optimizers.learning_rates`.
        clip_norm: see above; `global_clipnorm` is Keras' name for it.
        weight_decay: λ: w ← w − α·λ·w before each step.
        clipnorm: each parameter's own gradient is scaled down to this norm.
        clipvalue: each number of the gradient is cut to ± this.
        use_ema: whether the weights become their moving average at the end of a run.
        ema_momentum: of this average.
        name: without effect.
        steps: steps done.
        finished: whether the rule has found a minimum and cannot go on.

    Raises:
        ConfigurationError: a setting makes no sense; the sentence names it.
    """

    kind: ClassVar[str]
    full_batch: ClassVar[bool] = False
    slot_names: ClassVar[tuple[str, ...]] = ()
    scratch_count: ClassVar[int] = 1

    # λ of Keras' rule w ← w − α·λ·w before each step; AdamW alone has it without being asked.
    usual_weight_decay: ClassVar[float | None] = None
    # Keras' name, where it is not the kind.
    usual_name: ClassVar[str | None] = None
    # Read and written by people; the rules read `rate`, a plain number, whose type never changes how they round.
    learning_rate = RateAttribute()
    rate: float

    def __init__(
        self,
        learning_rate: RateLike,
        clip_norm: float | None = None,
        *,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        name: str | None = None,
        ema_overwrite_frequency: None = None,
        loss_scale_factor: None = None,
        gradient_accumulation_steps: None = None,
    ) -> None:
        further = (ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps)
        if any(setting is not None for setting in further):
            raise ConfigurationError("Neither scaled losses nor gathered gradients are there: leave these None.")
        self.rate_schedule = learning_rate if isinstance(learning_rate, LearningRateSchedule) else None
        rate = float(learning_rate(0)) if isinstance(learning_rate, LearningRateSchedule) else learning_rate
        if not is_finite_number(rate) or rate < 0 or (rate == 0 and self.rate_schedule is None):
            raise ConfigurationError(f"Learning rate must be greater than 0, not {learning_rate!r}.", "learning_rate")
        limits = {
            "clip_norm": clip_norm,
            "global_clipnorm": global_clipnorm,
            "clipnorm": clipnorm,
            "clipvalue": clipvalue,
        }
        given = {field: limit for field, limit in limits.items() if limit is not None}
        for field, limit in given.items():
            if not (is_finite_number(limit) and limit > 0):
                raise ConfigurationError(f"Gradient clipping must be greater than 0, not {limit!r}.", field)
        if len(given) > 1:
            raise ConfigurationError(f"Gradients are clipped in one way, not in {len(given)}: {', '.join(given)}.")
        if weight_decay is not None and not (is_finite_number(weight_decay) and weight_decay >= 0):
            raise ConfigurationError(f"Weight decay must not be negative, not {weight_decay!r}.", "weight_decay")
        self.learning_rate = float(rate)
        self.clip_norm = clip_norm if global_clipnorm is None else global_clipnorm
        self.clipnorm, self.clipvalue = clipnorm, clipvalue
        self.weight_decay = self.usual_weight_decay if weight_decay is None else float(weight_decay)
        self.use_ema = bool(use_ema)
        self.ema_momentum = require_fraction(ema_momentum, "The momentum of the moving average", "ema_momentum")
        self.name = name or self.usual_name or self.kind
        self._average: FloatArray | None = None
        self.steps = 0
        self.finished = False
        # Of the parameters of the last step.
        self.shapes: list[Shape] = []
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
        self.shapes = [parameter.value.shape for parameter in store.parameters if parameter.trainable]
        if math.isfinite(loss):
            if self.clipnorm is not None:
                for parameter in store.parameters:
                    if parameter.trainable:
                        clip_by_norm(parameter.gradient.reshape(-1), self.clipnorm)
            self.apply(store.values, store.gradients)
        return loss

    @property
    def works_in_parts(self) -> bool:
        """Whether a step is `begin_step` and `update_part` for all parts: nothing needs the whole gradient."""
        own = type(self).step is not Optimizer.step or type(self).apply is not Optimizer.apply
        return not (own or self.clip_norm or self.clipnorm or self.clipvalue or self.use_ema or self.full_batch)

    def apply(self, values: Any, gradients: Any) -> None:  # noqa: ANN401
        """One step of the rule on flat vectors (n,): `values` change in place, `gradients` may be scaled.

        Lists are Keras' gradients and variables.
        """
        if isinstance(values, list):
            self.apply_lists(values, gradients)
            return
        if self.clip_norm is not None:
            clip_by_norm(gradients, self.clip_norm)
        if self.clipvalue is not None:
            np.clip(gradients, -self.clipvalue, self.clipvalue, out=gradients)
        self.begin_step(values)
        self.update_part(values, gradients, slice(0, values.size))
        if self.use_ema:
            if self._average is None or self._average.size != values.size:
                self._average = values.copy()
            self._average *= self.ema_momentum
            self._average += (1 - self.ema_momentum) * values

    def begin_step(self, values: FloatArray) -> None:
        """Count a step and compute its scalars; what the rule remembers of the values, (n,), is there afterwards."""
        if self._layout != (values.size, values.dtype):
            self._allocate(values)
        if self.rate_schedule is not None:
            self.learning_rate = float(self.rate_schedule(self.steps))
        self.steps += 1
        self.prepare_step()

    def update_part(self, values: FloatArray, gradients: FloatArray, part: slice) -> None:
        """The rule for some numbers of the vectors (n,), after `begin_step`; any parts give the same bits."""
        if self.weight_decay:
            values[part] *= 1 - self.rate * self.weight_decay
        slots, scratch = tuple(self.slots.values()), self._scratch
        if part.stop - part.start == values.size <= _BLOCK:
            self.update(values, gradients, slots, scratch)
            return
        for start in range(part.start, part.stop, _BLOCK):
            block = slice(start, min(start + _BLOCK, part.stop))
            parts = (tuple(vector[block] for vector in vectors) for vectors in (slots, scratch))
            self.update(values[block], gradients[block], *parts)

    def finalize(self, values: FloatArray) -> None:
        """At the end of a run: the weights become their moving average, where one is kept."""
        if self._average is not None and self._average.size == values.size:
            values[...] = self._average

    @property
    def iterations(self) -> Tensor:  # type: ignore[override]
        """Steps done, by Keras' name."""
        return as_tensor(np.array(self.steps))

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
        self._average = None
        self._layout = None
        self.shapes = []

    def state_dict(self) -> dict[str, Any]:
        """Copies of all that an exact resume needs: flat arrays, whole numbers and numbers."""
        state: dict[str, Any] = {"steps": self.steps, "learning_rate": float(self.rate), "finished": self.finished}
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
        rate: Any = float(self.rate) if self.rate_schedule is None else self.rate_schedule.config()
        options = {"clipnorm": self.clipnorm, "clipvalue": self.clipvalue}
        ema = {"use_ema": True, "ema_momentum": self.ema_momentum} if self.use_ema else {}
        decay = {} if self.weight_decay == self.usual_weight_decay else {"weight_decay": self.weight_decay}
        given = {field: value for field, value in options.items() if value is not None}
        return {"learning_rate": rate, "clip_norm": self.clip_norm, **given, **decay, **ema}

    def get_config(self) -> dict[str, Any]:
        """The same with the name, as Keras has it."""
        return {"name": self.name, **self.config()}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """The optimizer that `config` described, without its memory."""
        settings = dict(config)
        if isinstance(settings.get("learning_rate"), Mapping):
            settings["learning_rate"] = rate_from_config(settings["learning_rate"])
        return cls(**settings)
