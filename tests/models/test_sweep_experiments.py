"""The course's experiments: their plans, and what their metrics say in words."""

import pytest

from models.sweeps.experiments import diagnose, learning_curve, race, validation_curve
from models.sweeps.summary import Combination


def combination(values, learned, validation):
    metrics = {"learned_accuracy": tuple(1 - error for error in learned),
               "validation_accuracy": tuple(1 - error for error in validation)}  # fmt: skip
    return Combination(values, (), metrics)


@pytest.mark.parametrize(
    ("training", "validation", "word"),
    [(0.001, 0.05, "variance: "), (0.09, 0.1, "bias: "), (0.02, 0.04, "bias and variance: "), (0.0, 0.0, "neither ")],
)
def test_bias_or_variance_is_said_with_the_numbers(training, validation, word):
    curve = [combination({"examples": 50}, [0], [0.5]), combination({"examples": 8500}, [training], [validation])]
    sentence = diagnose(curve, "examples")
    assert sentence.startswith(f"With 8,500 examples: {word}")
    assert f"{100 * training:.1f} %" in sentence
    assert f"{100 * validation:.1f} %" in sentence
    assert diagnose([combination({"examples": 50}, [], [])], "examples") == ""


def test_the_best_lambda_is_named():
    curve = [
        combination({"l2": 0.0}, [0.01], [0.09]),
        combination({"l2": 0.001}, [0.04], [0.07]),
        combination({"l2": 0.1}, [0.2], [0.21]),
    ]
    sentence = diagnose(curve, "l2")
    assert sentence.startswith("The validation error is lowest at λ = 0.001. ")
    assert "At λ = 0, the training error is 1.0 % and the validation error 9.0 %; at λ = 0.1, " in sentence


def test_experiments_are_ordinary_plans():
    plan = learning_curve("softmax", 8500)
    assert [trial.examples for trial in plan.trials] == [50, 140, 390, 1090, 3043, 8500]
    assert all(not trial.config.augment for trial in learning_curve("mlp", 300, 2).trials)
    assert {trial.config.l2 for trial in validation_curve("cnn").trials} == {0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1}
    lanes = race(["softmax", "mlp"]).trials
    assert [trial.preset for trial in lanes] == ["softmax", "mlp"]
    assert len({(trial.config.batch_size, trial.config.epochs, trial.config.seed) for trial in lanes}) == 1
