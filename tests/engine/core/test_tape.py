"""Gradients of recorded operations beside central differences."""

import numpy as np
import pytest

from engine import EngineError
from engine.core import activations
from engine.core.tape import GradientTape
from engine.core.tensor import GRADIENT_RULES, as_tensor
from engine.layer_support.variables import variable
from tests.tables import over

RNG = np.random.default_rng(3)
A, B, C = RNG.random((3, 4)) + 0.5, RNG.random((4, 2)) + 0.5, RNG.random(4) + 0.5
FORMULAS = {
    "arithmetic": (lambda a, c: a * c + c / a - a**c - (-a), A, C),
    "matrix products": (lambda a, b: np.matmul(a, b) ** 2, A, B),
    "vector products": (lambda a, c: np.dot(a, c) * (a @ c), A, C),
    "parts": (lambda a: a[1:, [0, 2]] * a[0, 1] + a[..., 1, None][1:], A),
    "reductions": (lambda a: a.sum() * a.mean(axis=1, keepdims=True) * np.max(a, axis=0) * np.prod(a[0]), A),
    "spread": (lambda a: np.var(a, axis=0) * np.std(a) + np.linalg.norm(a, axis=1).sum(), A),
    "joined": (lambda a: np.concatenate([a, 2 * a], axis=1)[:, 2:6] * np.stack([a[0], a[1], a[2]]), A),
    "moved": (lambda a: np.transpose(a.T) * np.flip(a, 1) + np.reshape(np.repeat(a, 2), (3, 8))[:, ::2], A),
    "choices": (
        lambda a: np.where(a > 1, a, a * a) * np.clip(a, 0.6, 1.2) * np.maximum(a, 1.0) * np.minimum(a, 0.9),
        A,
    ),
    "sums so far": (lambda a, b: np.cumsum(a, axis=1) * np.einsum("ij,jk->ik", a, b).sum(), A, B),
    "functions": (lambda a: np.exp(a) * np.log(a) + np.sqrt(a) * np.tanh(a) + np.sin(a) * np.cos(a) + np.abs(-a), A),
    "more functions": (lambda a: np.expm1(a) * np.log1p(a) + np.square(a) * np.reciprocal(a), A),
}


def slopes(formula, *values):
    """By central differences, of the sum."""
    found = []
    for number, array in enumerate(values):
        slope = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            ends = []
            for step in (1e-6, -1e-6):
                moved = [other.copy() for other in values]
                moved[number][place] += step
                ends.append(np.sum(np.asarray(formula(*moved))))
            slope[place] = (ends[0] - ends[1]) / 2e-6
        found.append(slope)
    return found


@over("name", FORMULAS)
def test_operations(name):
    formula, *values = FORMULAS[name]
    tensors = [as_tensor(value.copy()) for value in values]
    with GradientTape() as tape:
        tape.watch(tensors)
        result = formula(*tensors)
    for own, other in zip(tape.gradient(result, tensors), slopes(formula, *values), strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-5, atol=1e-7)


@over("kind", [*activations.ACTIVATIONS, "softmax", "log_softmax"])
def test_activations(kind):
    function = getattr(activations, kind)
    z, weights = as_tensor(2 * RNG.normal(size=(3, 4))), RNG.normal(size=(3, 4))
    with GradientTape() as tape:
        tape.watch(z)
        value = function(z) * weights
    expected = slopes(lambda z: function(z) * weights, np.array(z))[0]
    np.testing.assert_allclose(tape.gradient(value, z), expected, rtol=1e-4, atol=1e-6)


def test_every_rule_is_for_something_numpy_has():
    assert all(callable(key) or key == "item" for key in GRADIENT_RULES)


def test_a_parameter_is_one_leaf_however_often_it_is_seen():
    memory = np.array([2.0, 3.0])
    with GradientTape() as tape:
        value = variable(memory, "kernel") * variable(memory, "kernel")
    np.testing.assert_array_equal(tape.gradient(value, variable(memory, "kernel")), [4.0, 6.0])


def test_what_is_not_recorded_has_no_gradient():
    known, other = as_tensor(np.array(2.0)), as_tensor(np.array(3.0))
    with GradientTape() as tape:
        tape.watch(known)
        value = known * known
    later = known * 5
    assert tape.gradient(value, [known, other]) == [4.0, None]
    assert later.node is None
    with pytest.raises(EngineError, match="convert_to_tensor"):
        tape.watch(1.5)
