"""Beside scikit-learn: the optima of its linear and neural models, and its metrics."""

import warnings

import numpy as np
import pytest

from engine.evaluation import metrics, value_metrics
from engine.layers import Dense
from engine.losses import BinaryCrossentropy, MeanSquaredError, SparseCategoricalCrossentropy
from engine.optimizers import LBFGS
from engine.sequential import Sequential
from engine.training.config import TrainingConfig
from engine.training.trainer import Trainer

pytest.importorskip("sklearn")
from sklearn import linear_model, neural_network
from sklearn import metrics as peer


def blobs(classes, count=150, features=4):
    draw = np.random.default_rng(11)
    labels = np.arange(count) % classes
    return draw.normal(0, 1, (classes, features))[labels] + draw.normal(0, 1, (count, features)), labels


def minimized(net, x, y, l2=0.0):
    precise = LBFGS(gradient_tolerance=1e-9, loss_tolerance=1e-16)
    Trainer(net, TrainingConfig(optimizer="lbfgs", epochs=3000, l2=l2, threads=1), optimizer=precise).fit(x, y)
    return net


def built(layers, features, loss):
    net = Sequential(layers, dtype=np.float64)
    net.build((features,))
    net.loss = loss
    return net


@pytest.mark.parametrize("classes", [2, 3])
def test_logistic_regression(classes):
    """scikit-learn minimizes C·Σ loss + ½·‖w‖², which is n·C times our mean loss + l2·‖w‖² with l2 = 1/(2·n·C)."""
    x, y = blobs(classes)
    theirs = linear_model.LogisticRegression(C=0.5, tol=1e-10, max_iter=5000).fit(x, y)
    l2 = 1 / (2 * len(x) * 0.5)
    outputs, loss = (
        (1, BinaryCrossentropy(from_logits=True))
        if classes == 2
        else (classes, SparseCategoricalCrossentropy(from_logits=True))
    )
    net = minimized(built([Dense(outputs)], 4, loss), x, y, l2)
    kernel, bias = net.get_weights()
    # Only differences between the classes' biases mean anything.
    np.testing.assert_allclose(kernel.T, theirs.coef_, atol=1e-5)
    np.testing.assert_allclose(bias - bias.mean() if classes > 2 else bias, theirs.intercept_, atol=1e-5)
    probabilities = net.probabilities(x)
    expected = theirs.predict_proba(x)
    np.testing.assert_allclose(probabilities, expected[:, 1:] if classes == 2 else expected, atol=1e-5)


def test_linear_and_ridge_regression():
    x, _ = blobs(2)
    y = x @ [1.0, -2.0, 0.5, 3.0] + 4 + np.random.default_rng(0).normal(0, 0.1, len(x))
    plain = minimized(built([Dense(1)], 4, MeanSquaredError()), x, y)
    np.testing.assert_allclose(plain.get_weights()[0][:, 0], linear_model.LinearRegression().fit(x, y).coef_, atol=1e-6)
    ridge = minimized(built([Dense(1)], 4, MeanSquaredError()), x, y, l2=0.3)
    theirs = linear_model.Ridge(alpha=0.3 * len(x)).fit(x, y)
    np.testing.assert_allclose(ridge.get_weights()[0][:, 0], theirs.coef_, atol=1e-6)


def test_neural_network():
    """From the same weights both minimizers end in the same loss; scikit-learn's penalty is alpha/2n·‖w‖²."""
    x, y = blobs(3)
    alpha = 1.0
    theirs = neural_network.MLPClassifier(
        (5,), activation="tanh", alpha=alpha, solver="lbfgs", max_iter=1, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs.fit(x, y)
        net = built([Dense(5, activation="tanh"), Dense(3)], 4, SparseCategoricalCrossentropy(from_logits=True))
        net.set_weights([theirs.coefs_[0], theirs.intercepts_[0], theirs.coefs_[1], theirs.intercepts_[1]])
        theirs.set_params(max_iter=5000, tol=1e-10, warm_start=True, max_fun=10**6)
        theirs.fit(x, y)
    l2 = alpha / 2 / len(x)
    minimized(net, x, y, l2)
    ours = net.loss.value(net.logits(x), y) + l2 * sum(float((w**2).sum()) for w in net.get_weights() if w.ndim == 2)
    assert ours == pytest.approx(theirs.loss_, rel=1e-4)
    np.testing.assert_allclose(net.probabilities(x), theirs.predict_proba(x), atol=0.01)


def test_metrics():
    draw = np.random.default_rng(4)
    true = draw.integers(0, 4, 200)
    probabilities = draw.dirichlet(np.ones(4), 200)
    predicted = probabilities.argmax(axis=1)
    confusion = metrics.confusion_matrix(true, probabilities)
    np.testing.assert_array_equal(confusion, peer.confusion_matrix(true, predicted))
    expected = peer.precision_recall_fscore_support(true, predicted, zero_division=0)[:3]
    for ours, theirs in zip(metrics.precision_recall_f1(confusion), expected, strict=True):
        np.testing.assert_allclose(ours, theirs)
    assert metrics.accuracy(true, probabilities) == peer.accuracy_score(true, predicted)
    for k in (1, 2, 3):
        assert metrics.top_k_accuracy(true, probabilities, k) == peer.top_k_accuracy_score(true, probabilities, k=k)
    labels, guesses = draw.integers(0, 2, (200, 3)), draw.random((200, 3))
    np.testing.assert_allclose(metrics.label_f1(labels, guesses), peer.f1_score(labels, guesses >= 0.5, average=None))
    assert metrics.exact_match(labels, guesses) == peer.accuracy_score(labels, guesses >= 0.5)
    y, z = draw.normal(size=(200, 1)), draw.normal(size=(200, 1))
    assert value_metrics.r_squared(y, z) == pytest.approx(peer.r2_score(y, z))
    assert value_metrics.mean_absolute_error(y, z) == pytest.approx(peer.mean_absolute_error(y, z))
    assert value_metrics.root_mean_squared_error(y, z) == pytest.approx(peer.root_mean_squared_error(y, z))
