"""How gradients flow back through NumPy's functions: a rule an operation, in `GRADIENT_RULES` of `engine.core.tensor`.

A rule takes the arguments and the result, and gives (input, pullback) pairs; a pullback takes the gradient at the
result, shaped like it, and gives the one at the input. A. G. Baydin et al., "Automatic differentiation in machine
learning: a survey", 2018.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.tensor import GRADIENT_RULES, Pullback, Rule, as_tensor, plain, recording, remember, seen

Pairs = Sequence[tuple[Any, Pullback]]


def fitted(gradient: Any, like: Any) -> Any:  # noqa: ANN401 — arrays of any shape
    """Sum over the axes along which an operand was repeated."""
    shape = np.shape(like)
    if gradient.shape == shape:
        return gradient
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape)))) if gradient.ndim > len(shape) else gradient
    repeated = tuple(axis for axis, size in enumerate(shape) if size == 1 and gradient.shape[axis] != 1)
    return gradient.sum(axis=repeated, keepdims=True) if repeated else gradient


def _binary(ufunc: Any, left: Callable[..., Any], right: Callable[..., Any]) -> None:  # noqa: ANN401
    def rule(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
        return (
            (args[0], lambda g: fitted(left(g, *seen(*args[:2], result)), args[0])),
            (args[1], lambda g: fitted(right(g, *seen(*args[:2], result)), args[1])),
        )

    GRADIENT_RULES[ufunc] = rule


def _unary(ufunc: Any, pull: Callable[..., Any]) -> None:  # noqa: ANN401 — a ufunc or a function
    def rule(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
        return ((args[0], lambda g: pull(g, *seen(args[0], result))),)

    GRADIENT_RULES[ufunc] = rule


_binary(np.add, lambda g, a, b, r: g, lambda g, a, b, r: g)
_binary(np.subtract, lambda g, a, b, r: g, lambda g, a, b, r: -g)
_binary(np.multiply, lambda g, a, b, r: g * b, lambda g, a, b, r: g * a)
_binary(np.true_divide, lambda g, a, b, r: g / b, lambda g, a, b, r: -g * r / b)
_binary(
    np.power,
    lambda g, a, b, r: g * b * a ** np.where(b == 0, 1, b - 1),
    lambda g, a, b, r: g * r * np.log(np.where(a > 0, a, 1)),
)
# Of two equal numbers the first is the larger one, as in TensorFlow.
_binary(np.maximum, lambda g, a, b, r: g * (a >= b), lambda g, a, b, r: g * (a < b))
_binary(np.minimum, lambda g, a, b, r: g * (a <= b), lambda g, a, b, r: g * (a > b))
_binary(np.mod, lambda g, a, b, r: g, lambda g, a, b, r: -g * np.floor_divide(a, b))
_binary(np.arctan2, lambda g, a, b, r: g * b / (a * a + b * b), lambda g, a, b, r: -g * a / (a * a + b * b))
_unary(np.negative, lambda g, a, r: -g)
_unary(np.exp, lambda g, a, r: g * r)
_unary(np.expm1, lambda g, a, r: g * (r + 1))
_unary(np.log, lambda g, a, r: g / a)
_unary(np.log1p, lambda g, a, r: g / (1 + a))
_unary(np.sqrt, lambda g, a, r: g / (2 * r))
_unary(np.square, lambda g, a, r: 2 * g * a)
_unary(np.reciprocal, lambda g, a, r: -g * r * r)
_unary(np.absolute, lambda g, a, r: g * np.sign(a))
_unary(np.tanh, lambda g, a, r: g * (1 - r * r))
_unary(np.tan, lambda g, a, r: g * (1 + r * r))
_unary(np.arctan, lambda g, a, r: g / (1 + a * a))
_unary(np.arcsin, lambda g, a, r: g / np.sqrt(1 - a * a))
_unary(np.arccos, lambda g, a, r: -g / np.sqrt(1 - a * a))
_unary(np.arcsinh, lambda g, a, r: g / np.sqrt(a * a + 1))
_unary(np.arccosh, lambda g, a, r: g / np.sqrt(a * a - 1))
_unary(np.arctanh, lambda g, a, r: g / (1 - a * a))
_unary(np.log2, lambda g, a, r: g / (a * np.log(2)))
_unary(np.sinh, lambda g, a, r: g * np.cosh(a))
_unary(np.cosh, lambda g, a, r: g * np.sinh(a))
_unary(np.log10, lambda g, a, r: g / (a * np.log(10)))
_unary(np.sin, lambda g, a, r: g * np.cos(a))
_unary(np.cos, lambda g, a, r: -g * np.sin(a))


def _axes(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:  # noqa: ANN401 — None, a number, several
    axis = kwargs.get("axis", args[1] if len(args) > 1 else None)
    return tuple(axis) if isinstance(axis, list) else axis


def _reduction(pull: Callable[..., Any]) -> Rule:
    """The rule of a reduction: the pullback gets gradient and result with the reduced axes kept, and their length."""

    def rule(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
        kept = np.sum(np.asarray(plain(args[0])), axis=_axes(args, kwargs), keepdims=True).shape
        number = np.size(args[0]) // max(1, int(np.prod(kept)))

        def at_input(g: Any) -> Any:  # noqa: ANN401
            a, r = seen(args[0], result)
            return pull(np.reshape(g, kept), a, np.reshape(r, kept), number)

        return ((args[0], at_input),)

    return rule


def _largest(g: Any, a: Any, r: Any, number: int) -> Any:  # noqa: ANN401 — shared among equal ones
    hits = np.asarray(a) == np.asarray(r)
    return g * hits / hits.sum(axis=tuple(i for i in range(a.ndim) if r.shape[i] != a.shape[i]), keepdims=True)


GRADIENT_RULES[np.sum] = _reduction(lambda g, a, r, n: np.broadcast_to(g, a.shape))
GRADIENT_RULES[np.mean] = _reduction(lambda g, a, r, n: np.broadcast_to(g / n, a.shape))
GRADIENT_RULES[np.max] = GRADIENT_RULES[np.min] = _reduction(_largest)
GRADIENT_RULES[np.prod] = _reduction(lambda g, a, r, n: g * r / a)
GRADIENT_RULES[np.var] = _reduction(lambda g, a, r, n: g * 2 * (a - _center(a, r)) / n)
GRADIENT_RULES[np.std] = _reduction(lambda g, a, r, n: g * (a - _center(a, r)) / (n * r))
GRADIENT_RULES[np.linalg.norm] = lambda args, kwargs, result: _reduction(lambda g, a, r, n: g * a / r)(
    (args[0], *args[2:3]), kwargs, result
)


def _center(a: Any, r: Any) -> Any:  # noqa: ANN401 — the mean over the axes that were reduced to r's
    return a.mean(axis=tuple(axis for axis in range(a.ndim) if r.shape[axis] != a.shape[axis]), keepdims=True)


def _moved(function: Callable[..., Any]) -> Rule:
    """The rule of a function that puts numbers elsewhere: it is asked where each one comes from."""

    def rule(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
        shape = np.shape(args[0])
        origin = function(np.arange(int(np.prod(shape))).reshape(shape), *plain(tuple(args[1:])), **plain(dict(kwargs)))
        return ((args[0], lambda g: _gathered(g, origin, shape)),)

    return rule


def _gathered(gradient: Any, origin: Any, shape: tuple[int, ...]) -> Any:  # noqa: ANN401 — of the moved numbers
    size, numbers = int(np.prod(shape)), np.asarray(gradient)
    made = np.bincount(np.ravel(origin), np.ravel(numbers), size).reshape(shape).astype(numbers.dtype)
    if recording.walked is None:
        return made
    return remember(as_tensor(made), [(gradient, lambda g: np.reshape(np.take(g, origin), numbers.shape))])


for _function in (
    np.reshape, np.transpose, np.expand_dims, np.squeeze, np.ravel, np.flip, np.swapaxes, np.moveaxis, np.take,
    np.tile, np.repeat, np.broadcast_to, np.roll, np.take_along_axis, np.diagonal,
):  # fmt: skip
    GRADIENT_RULES[_function] = _moved(_function)
GRADIENT_RULES["item"] = _moved(lambda values, index: values[index])


def _from_part(origin: Any, shape: tuple[int, ...]) -> Pullback:  # noqa: ANN401 — numbers from 1, 0 elsewhere
    return lambda g: _gathered(g, origin, (int(np.prod(shape)) + 1,))[1:].reshape(shape)


def _with_zeros(function: Callable[..., Any]) -> Rule:
    """The same for functions that put zeros beside the numbers."""

    def rule(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
        shape = np.shape(args[0])
        numbers = np.arange(1, int(np.prod(shape)) + 1).reshape(shape)
        settings = {name: value for name, value in plain(dict(kwargs)).items() if name != "constant_values"}
        return ((args[0], _from_part(function(numbers, *plain(tuple(args[1:])), **settings), shape)),)

    return rule


_SPREADING: tuple[Any, ...] = (np.diag, np.triu, np.tril, np.pad)
GRADIENT_RULES.update({function: _with_zeros(function) for function in _SPREADING})


def _sorted(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
    values, axis = np.asarray(plain(args[0])), kwargs.get("axis", args[1] if len(args) > 1 else -1)
    places = np.argsort(np.argsort(values, axis=axis, kind="stable"), axis=axis, kind="stable")
    return ((args[0], lambda g: np.take_along_axis(g, places, axis=axis)),)


GRADIENT_RULES[np.sort] = _sorted


def _joined(function: Callable[..., Any]) -> Rule:
    """The same for functions of a list of arrays."""

    def rule(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
        parts, pairs = list(args[0]), []
        for number, part in enumerate(parts):
            # Everywhere 0 but in this part, whose numbers count from 1.
            own = [np.zeros(np.shape(other), np.intp) for other in parts]
            own[number] = np.arange(1, np.size(part) + 1).reshape(np.shape(part))
            pairs.append((part, _from_part(function(own, *args[1:], **kwargs), np.shape(part))))
        return pairs

    return rule


GRADIENT_RULES[np.concatenate], GRADIENT_RULES[np.stack] = _joined(np.concatenate), _joined(np.stack)
GRADIENT_RULES[np.vstack], GRADIENT_RULES[np.hstack] = _joined(np.vstack), _joined(np.hstack)


def _where(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
    condition = np.asarray(plain(args[0]))
    return (
        (args[1], lambda g: fitted(np.where(condition, g, 0), args[1])),
        (args[2], lambda g: fitted(np.where(condition, 0, g), args[2])),
    )


def _clip(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
    values = np.asarray(plain(args[0]))
    return ((args[0], lambda g: g * (values == result)),)


def _cumsum(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
    axis, shape = _axes(args, kwargs), np.shape(args[0])
    return ((args[0], lambda g: np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis).reshape(shape)),)


# A step has no slope: nothing flows back, and nobody misses it.
_FLAT: tuple[Any, ...] = (
    np.floor, np.ceil, np.rint, np.round, np.trunc, np.sign, np.zeros_like, np.ones_like, np.full_like, np.empty_like,
    np.floor_divide,
)  # fmt: skip
GRADIENT_RULES.update(dict.fromkeys(_FLAT, lambda args, kwargs, result: ()))
GRADIENT_RULES[np.copy] = _moved(np.copy)
GRADIENT_RULES[np.where], GRADIENT_RULES[np.clip] = _where, _clip
GRADIENT_RULES[np.cumsum] = _cumsum
