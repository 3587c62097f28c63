"""L-BFGS: its formula, its line search, what it remembers and when it forgets."""

import math

import numpy as np
import pytest
from bowl import CENTRE, Bowl

from engine.core.parameters import ParameterSpec, ParameterStore
from engine.optimizers.lbfgs import LBFGS, inverse_hessian_product


def test_lbfgs_takes_a_few_steps_where_descent_takes_hundreds():
    bowl = Bowl()
    optimizer = LBFGS()
    losses = []
    while not optimizer.finished:
        losses.append(optimizer.step(bowl.store, bowl.evaluate))
    assert len(losses) < 15
    assert losses == sorted(losses, reverse=True)
    np.testing.assert_allclose(bowl.store.values, CENTRE, atol=1e-6)


def test_lbfgs_returns_the_loss_of_the_weights_that_it_leaves():
    bowl = Bowl()
    optimizer = LBFGS()
    for _ in range(3):
        assert optimizer.step(bowl.store, bowl.evaluate) == bowl.evaluate()


def test_lbfgs_notices_that_the_weights_were_moved():
    bowl = Bowl()
    optimizer = LBFGS()
    optimizer.step(bowl.store, bowl.evaluate)
    bowl.store.values[...] = 7
    there = bowl.evaluate()
    assert optimizer.step(bowl.store, bowl.evaluate) < there
    assert optimizer.steps == 1


def test_an_interrupted_lbfgs_step_leaves_the_last_iterate():
    bowl = Bowl()
    optimizer = LBFGS()
    optimizer.step(bowl.store, bowl.evaluate)
    before = bowl.store.values.copy()

    def evaluate():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        optimizer.step(bowl.store, evaluate)
    np.testing.assert_array_equal(bowl.store.values, before)
    optimizer.step(bowl.store, bowl.evaluate)


def test_lbfgs_backs_off_from_where_the_loss_is_infinite():
    store = ParameterStore([ParameterSpec("w", (1,), np.array([0.5]))], np.float64)

    def evaluate():
        """−ln w + 50·w: infinite for w ≤ 0, where the first trial steps lead; minimum at 1/50."""
        w = store.values[0]
        store.gradients[0] = 50 - 1 / w if w > 0 else 0
        return -math.log(w) + 50 * w if w > 0 else math.inf

    optimizer = LBFGS()
    while not optimizer.finished:
        optimizer.step(store, evaluate)
    assert store.values[0] == pytest.approx(0.02, rel=1e-4)


def test_lbfgs_uses_the_matrix_of_the_bfgs_formula():
    """The two loops give what the update of the whole inverse Hessian gives."""
    rng = np.random.default_rng(4)
    root = rng.normal(size=(5, 5))
    hessian = root @ root.T + np.eye(5)
    pairs = [(move, hessian @ move) for move in rng.normal(size=(3, 5))]
    newest_move, newest_change = pairs[-1]
    inverse = np.eye(5) * (newest_move @ newest_change) / (newest_change @ newest_change)
    for move, change in pairs:
        half = np.eye(5) - np.outer(move, change) / (move @ change)
        inverse = half @ inverse @ half.T + np.outer(move, move) / (move @ change)
    gradient = rng.normal(size=5)
    np.testing.assert_allclose(inverse_hessian_product(pairs, gradient), inverse @ gradient, rtol=1e-10)
    np.testing.assert_array_equal(inverse_hessian_product([], gradient), gradient)


def test_lbfgs_goes_on_from_its_state_without_repeating_anything():
    bowl, calls = Bowl(), []
    straight = LBFGS()
    for _ in range(3):
        straight.step(bowl.store, bowl.evaluate)
    state, values = straight.state_dict(), bowl.store.values.copy()
    ends = []
    for optimizer in (straight, LBFGS()):
        bowl.store.values[...] = values
        if optimizer is not straight:
            optimizer.load_state_dict(state)
        calls.clear()
        optimizer.step(bowl.store, lambda: (calls.append(1), bowl.evaluate())[1])
        ends.append((bowl.store.values.copy(), len(calls), optimizer.steps))
    np.testing.assert_array_equal(ends[0][0], ends[1][0])
    assert ends[0][1:] == ends[1][1:]


def test_a_new_run_of_lbfgs_forgets_the_old_one_and_a_resumed_one_does_not():
    bowl = Bowl()
    optimizer = LBFGS()
    for _ in range(3):
        optimizer.step(bowl.store, bowl.evaluate)
    optimizer.begin(resumed=True)
    optimizer.step(bowl.store, bowl.evaluate)
    assert optimizer.steps == 4
    optimizer.begin(resumed=False)
    optimizer.step(bowl.store, bowl.evaluate)
    assert optimizer.steps == 1


def test_the_state_of_an_older_version_is_a_new_start_where_the_weights_are():
    bowl = Bowl()
    optimizer = LBFGS()
    optimizer.load_state_dict({"steps": 4, "learning_rate": 1.0, "finished": False, "start": np.ones(5)})
    first = bowl.evaluate()
    assert optimizer.step(bowl.store, bowl.evaluate) < first
    assert optimizer.steps == 1


def test_where_no_step_is_good_enough_the_weights_and_their_loss_stay():
    """A loss whose gradient points the wrong way, as a mistake or rounding would make it."""
    bowl = Bowl()

    def evaluate():
        loss = bowl.evaluate()
        bowl.store.gradients *= -1
        return loss

    optimizer = LBFGS()
    before, loss = bowl.store.values.copy(), bowl.evaluate()
    assert optimizer.step(bowl.store, evaluate) == loss
    assert optimizer.finished
    np.testing.assert_array_equal(bowl.store.values, before)
