"""How gradients flow back through products of matrices and what else NumPy's linear algebra does."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.gradient_rules import Pairs, fitted
from engine.core.tensor import GRADIENT_RULES, Pullback, plain, seen


def _matmul(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
    # A vector is a row on the left and a column on the right.
    def parts(g: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401
        a, b, _ = seen(*args[:2], result)
        g = g[..., np.newaxis] if b.ndim == 1 else g
        g = g[..., np.newaxis, :] if a.ndim == 1 else g
        return g, (a[np.newaxis] if a.ndim == 1 else a), (b[:, np.newaxis] if b.ndim == 1 else b)

    def at_left(g: Any) -> Any:  # noqa: ANN401
        g, left, right = parts(g)
        return np.reshape(fitted(g @ np.swapaxes(right, -1, -2), left), np.shape(args[0]))

    def at_right(g: Any) -> Any:  # noqa: ANN401
        g, left, right = parts(g)
        return np.reshape(fitted(np.swapaxes(left, -1, -2) @ g, right), np.shape(args[1]))

    return ((args[0], at_left), (args[1], at_right))


GRADIENT_RULES[np.matmul] = GRADIENT_RULES[np.dot] = _matmul


def _einsum(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
    inputs, output = args[0].replace(" ", "").split("->")
    names, arrays = inputs.split(","), [np.asarray(plain(value)) for value in args[1:]]

    def pull(number: int) -> Pullback:
        others = [place for place in range(len(arrays)) if place != number]
        known = output + "".join(names[place] for place in others)
        # Along what is summed alone every number counts as much.
        alone = [letter for letter in dict.fromkeys(names[number]) if letter not in known]
        ones = [np.ones(arrays[number].shape[names[number].index(letter)]) for letter in alone]
        spelled = ",".join([output, *(names[place] for place in others), *alone]) + "->" + names[number]

        def gradient(g: Any) -> Any:  # noqa: ANN401
            now = seen(*args[1:], result)
            return np.einsum(spelled, g, *(now[place] for place in others), *ones)

        return gradient

    return [(value, pull(number)) for number, value in enumerate(args[1:])]


def _tensordot(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
    a, b = (np.asarray(plain(value)) for value in args[:2])
    axes = kwargs.get("axes", args[2] if len(args) > 2 else 2)
    if isinstance(axes, int | np.integer):
        axes = range(a.ndim - axes, a.ndim), range(axes)
    summed = [
        [int(axis) % array.ndim for axis in np.atleast_1d(list(part) if not np.isscalar(part) else part)]
        for part, array in zip(axes, (a, b), strict=True)
    ]
    free = [[axis for axis in range(array.ndim) if axis not in own] for array, own in zip((a, b), summed, strict=True)]

    def at_first(g: Any) -> Any:  # noqa: ANN401
        kept = len(free[0])
        made = np.tensordot(g, seen(*args[:2], result)[1], axes=(range(kept, g.ndim), free[1]))
        # Its axes are the free ones of a, then the summed ones in the order in which b has them.
        order = [*free[0], *(summed[0][summed[1].index(axis)] for axis in sorted(summed[1]))]
        return np.transpose(made, np.argsort(order))

    def at_second(g: Any) -> Any:  # noqa: ANN401
        made = np.tensordot(seen(*args[:2], result)[0], g, axes=(free[0], range(len(free[0]))))
        order = [*(summed[1][summed[0].index(axis)] for axis in sorted(summed[0])), *free[1]]
        return np.transpose(made, np.argsort(order))

    return ((args[0], at_first), (args[1], at_second))


def _outer(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
    return (
        (args[0], lambda g: np.reshape(g @ np.ravel(seen(args[1], result)[0]), np.shape(args[0]))),
        (args[1], lambda g: np.reshape(np.ravel(seen(args[0], result)[0]) @ g, np.shape(args[1]))),
    )


def _inverse(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
    def gradient(g: Any) -> Any:  # noqa: ANN401
        turned = np.swapaxes(seen(result)[0], -1, -2)
        return -turned @ g @ turned

    return ((args[0], gradient),)


def _determinant(args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Pairs:  # noqa: ANN401
    def gradient(g: Any) -> Any:  # noqa: ANN401
        a, r = seen(args[0], result)
        return (g * r)[..., np.newaxis, np.newaxis] * np.swapaxes(np.linalg.inv(a), -1, -2)

    return ((args[0], gradient),)


GRADIENT_RULES[np.tensordot], GRADIENT_RULES[np.outer] = _tensordot, _outer
GRADIENT_RULES[np.trace] = lambda args, kwargs, result: ((args[0], lambda g: g * np.eye(*np.shape(args[0]))),)
GRADIENT_RULES[np.linalg.inv], GRADIENT_RULES[np.linalg.det] = _inverse, _determinant
GRADIENT_RULES[np.einsum] = _einsum
