"""Recurrent layers: `SimpleRNN`, `LSTM` and `GRU`, and what runs others along time.

Inputs are (batch, steps, features). Each is written as `call`, so that its gradient follows from what is recorded;
it is many times slower than a library whose loops are compiled.
"""

from typing import Any, ClassVar, Unpack

import numpy as np

from engine.core.initializer_choice import InitializerLike, get_initializer, initializer_config
from engine.core.number_check import is_whole_number
from engine.core.regularizers import RegularizerLike
from engine.core.tensor import as_tensor
from engine.errors import ConfigurationError, ShapeError
from engine.layers.activation_choice import activation_function, make_activation
from engine.layers.base import LayerOptions
from engine.layers.chance import RandomFormula


def _function(activation: Any) -> Any:  # noqa: ANN401 — a name or a function
    return activation if callable(activation) else activation_function(make_activation(activation))


class SimpleRNN(RandomFormula):
    """hₜ = tanh(xₜ·W + hₜ₋₁·U + b): (batch, steps, features) → (batch, units).

    J. Elman, "Finding structure in time", 1990.

    Args:
        units: length of the state.
        activation: of the new state.
        use_bias: whether b is added.
        kernel_initializer, recurrent_initializer, bias_initializer: of W, U and b.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: penalties on them.
        dropout, recurrent_dropout: shares of the inputs, and of the state, that are silenced in training.
        return_sequences: give the state of each step, (batch, steps, units).
        return_state: give the last state beside the outputs.
        go_backwards: begin with the last step.
        seed: of the dropout.
        stateful, unroll: Keras'; the first only False, the second without effect.
    """

    kind = "simple_rnn"
    # How many matrices lie side by side in a kernel.
    gates: ClassVar[int] = 1
    states: ClassVar[int] = 1

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",  # noqa: ANN401
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        recurrent_initializer: InitializerLike = "orthogonal",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        recurrent_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: int | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(seed, **options)
        if not is_whole_number(units, 1):
            raise ConfigurationError(f"A state has a whole number of units, at least 1, not {units!r}.", "units")
        if stateful:
            raise ConfigurationError("A state begins with zeros in each batch here: leave stateful False.", "stateful")
        self.units, self.use_bias = int(units), bool(use_bias)
        self.activation_given, self.activation = activation, _function(activation)
        self.kernel_initializer = get_initializer(kernel_initializer)
        self.recurrent_initializer = get_initializer(recurrent_initializer)
        self.bias_initializer = get_initializer(bias_initializer)
        self.penalties = kernel_regularizer, recurrent_regularizer, bias_regularizer
        self.dropout, self.recurrent_dropout = float(dropout), float(recurrent_dropout)
        self.return_sequences, self.return_state = bool(return_sequences), bool(return_state)
        self.go_backwards = bool(go_backwards)
        self.holds_function = callable(activation)

    def build(self, input_shape: Any) -> None:  # type: ignore[override] # noqa: ANN401
        """Draw W, U and b; `ShapeError` for inputs that are no sequences."""
        if len(input_shape) != 3:
            raise ShapeError(f"Layer {self.name!r} expects inputs of shape (batch, steps, features).")
        width = self.units * self.gates
        kernel, recurrent, bias = self.penalties
        self.kernel = self.add_weight(
            (int(input_shape[-1]), width), self.kernel_initializer, regularizer=kernel, name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            (self.units, width), self.recurrent_initializer, regularizer=recurrent, name="recurrent_kernel"
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(self.bias_shape(), self.bias_initializer, regularizer=bias, name="bias")
            self.begin_bias()

    def bias_shape(self) -> tuple[int, ...]:
        """Of b."""
        return (self.units * self.gates,)

    def begin_bias(self) -> None:
        """Change b before the first step, where a kind of layer wants that."""

    def step(self, given: Any, states: Any) -> Any:  # noqa: ANN401 — tensors
        """The next states from xₜ·W + b and the last states; the first one is what is given out."""
        return (self.activation(given + np.matmul(states[0], self.recurrent_kernel)),)

    def inputs_of_steps(self, inputs: Any) -> Any:  # noqa: ANN401
        """X·W + b of all steps at once, (batch, steps, width)."""
        given = np.matmul(inputs, self.kernel)
        return given if self.bias is None else given + self.bias

    def call(self, inputs: Any, training: bool = False, initial_state: Any = None) -> Any:  # noqa: ANN401
        """The last state, or those of all steps."""
        inputs = as_tensor(inputs)
        count, steps = np.shape(inputs)[:2]
        rng = self.random.generator() if training and (self.dropout or self.recurrent_dropout) else None
        if rng is not None and self.dropout:
            inputs = inputs * self._kept((count, 1, np.shape(inputs)[-1]), self.dropout, rng, inputs.dtype)
        silenced: Any = 1.0
        if rng is not None and self.recurrent_dropout:
            silenced = self._kept((count, self.units), self.recurrent_dropout, rng, inputs.dtype)
        given = self.inputs_of_steps(inputs)
        zeros = as_tensor(np.zeros((count, self.units), inputs.dtype))
        first = initial_state if isinstance(initial_state, list | tuple) else [initial_state]
        states: Any = (zeros,) * self.states if initial_state is None else tuple(first)
        told = []
        for number in range(steps - 1, -1, -1) if self.go_backwards else range(steps):
            states = self.step(given[:, number], (states[0] * silenced, *states[1:]))
            told.append(states[0])
        outputs = np.stack(told, axis=1) if self.return_sequences else states[0]
        return (outputs, *states) if self.return_state else outputs

    def _kept(self, shape: tuple[int, ...], rate: float, rng: np.random.Generator, dtype: Any) -> Any:  # noqa: ANN401
        return as_tensor(((rng.random(shape) >= rate) / (1 - rate)).astype(dtype))

    def config(self) -> dict[str, Any]:
        """The constructor's arguments, without penalties."""
        named = (
            "units",
            "use_bias",
            "dropout",
            "recurrent_dropout",
            "return_sequences",
            "return_state",
            "go_backwards",
        )
        drawn = ("kernel_initializer", "recurrent_initializer", "bias_initializer")
        return {
            **{name: getattr(self, name) for name in named},
            **{name: initializer_config(getattr(self, name)) for name in drawn},
            "activation": getattr(self.activation_given, "__name__", self.activation_given),
            **super().config(),
        }


class LSTM(SimpleRNN):
    """Long short-term memory: a state with a cell that gates write, keep and read.

    i, f, o = σ(x·W + h·U + b), c = f∘c + i∘tanh(…), h = o∘tanh(c).
    S. Hochreiter and J. Schmidhuber, "Long short-term memory", 1997.

    Args:
        units, …: as for `SimpleRNN`.
        recurrent_activation: of the gates.
        unit_forget_bias: begin with a bias of 1 at the gate that keeps.
    """

    kind = "lstm"
    gates, states = 4, 2

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",  # noqa: ANN401
        recurrent_activation: Any = "sigmoid",  # noqa: ANN401
        use_bias: bool = True,
        *,
        unit_forget_bias: bool = True,
        **settings: Any,  # noqa: ANN401 — those of `SimpleRNN`
    ) -> None:
        super().__init__(units, activation, use_bias, **settings)
        self.gate_given, self.gate = recurrent_activation, _function(recurrent_activation)
        self.unit_forget_bias = bool(unit_forget_bias)

    def begin_bias(self) -> None:
        """1 at the gate that keeps."""
        if self.unit_forget_bias and self.bias is not None:
            self.bias[self.units : 2 * self.units] = 1

    def step(self, given: Any, states: Any) -> Any:  # noqa: ANN401
        """The next state and cell."""
        units = self.units
        sums = given + np.matmul(states[0], self.recurrent_kernel)
        write, keep = self.gate(sums[:, :units]), self.gate(sums[:, units : 2 * units])
        cell = keep * states[1] + write * self.activation(sums[:, 2 * units : 3 * units])
        return self.gate(sums[:, 3 * units :]) * self.activation(cell), cell

    def config(self) -> dict[str, Any]:
        """The constructor's arguments, without penalties."""
        gate = getattr(self.gate_given, "__name__", self.gate_given)
        return {"recurrent_activation": gate, "unit_forget_bias": self.unit_forget_bias, **super().config()}


class GRU(SimpleRNN):
    """Gated recurrent units: z, r = σ(x·W + h·U + b), h = z∘h + (1 − z)∘tanh(x·W + r∘(h·U + b)).

    K. Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014.

    Args:
        units, …: as for `SimpleRNN`.
        recurrent_activation: of the gates.
        reset_after: whether r acts behind the product with U, as above, or before it.
    """

    kind = "gru"
    gates = 3

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",  # noqa: ANN401
        recurrent_activation: Any = "sigmoid",  # noqa: ANN401
        use_bias: bool = True,
        *,
        reset_after: bool = True,
        **settings: Any,  # noqa: ANN401 — those of `SimpleRNN`
    ) -> None:
        super().__init__(units, activation, use_bias, **settings)
        self.gate_given, self.gate = recurrent_activation, _function(recurrent_activation)
        self.reset_after = bool(reset_after)

    def bias_shape(self) -> tuple[int, ...]:
        """One for x and one for h, where r acts behind the product."""
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def inputs_of_steps(self, inputs: Any) -> Any:  # noqa: ANN401
        """X·W + b of all steps at once."""
        given = np.matmul(inputs, self.kernel)
        if self.bias is None:
            return given
        return given + (self.bias[0] if self.reset_after else self.bias)

    def step(self, given: Any, states: Any) -> Any:  # noqa: ANN401
        """The next state."""
        units, (last,) = self.units, states
        if self.reset_after:
            own = np.matmul(last, self.recurrent_kernel)
            own = own if self.bias is None else own + self.bias[1]
        else:
            own = np.matmul(last, self.recurrent_kernel[:, : 2 * units])
        keep = self.gate(given[:, :units] + own[:, :units])
        reset = self.gate(given[:, units : 2 * units] + own[:, units : 2 * units])
        if self.reset_after:
            inner = reset * own[:, 2 * units :]
        else:
            inner = np.matmul(reset * last, self.recurrent_kernel[:, 2 * units :])
        return (keep * last + (1 - keep) * self.activation(given[:, 2 * units :] + inner),)

    def config(self) -> dict[str, Any]:
        """The constructor's arguments, without penalties."""
        gate = getattr(self.gate_given, "__name__", self.gate_given)
        return {"recurrent_activation": gate, "reset_after": self.reset_after, **super().config()}
