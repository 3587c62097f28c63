"""Logistic regression by plain gradient descent: the textbook's loop, and the engine doing the same.

Rate 0.01, 1,000 epochs over all the data, 1,000 synthetic examples with 20 features, 70 % to train on. Both start at
zero and see the same numbers, so they must end at the same weights.

    python docs/examples/logistic_regression.py
"""

import numpy as np
from synthetic import make_classification, split

from engine import BinaryCrossentropy, Dense, GradientDescent, Sequential

RATE, EPOCHS = 0.01, 1000


def textbook(x, y):
    """The loop as the notes write it."""
    m, n = x.shape
    w, b = np.zeros(n), 0.0
    for _ in range(EPOCHS):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        w = w - RATE * (x.T @ (p - y)) / m
        b = b - RATE * (p - y).sum() / m
    return w, b


def engine(x, y):
    """The same by the engine: one batch of everything, an epoch is a step."""
    network = Sequential([Dense(1, kernel_initializer="zeros")], dtype=np.float64)
    network.compile(loss=BinaryCrossentropy(from_logits=True), optimizer=GradientDescent(RATE))
    network.fit(x, y, epochs=EPOCHS, batch_size=len(x), shuffle=False, verbose=0)
    kernel, bias = network.get_weights()
    return kernel[:, 0], bias[0]


def accuracy(x, y, w, b):
    return np.mean((x @ w + b >= 0) == y)


def main():
    x_train, x_test, y_train, y_test = split(*make_classification())
    (w, b), (engine_w, engine_b) = textbook(x_train, y_train), engine(x_train, y_train)
    print(f"largest difference of a weight: {max(np.abs(w - engine_w).max(), abs(b - engine_b)):.1e}")
    print(f"accuracy: {accuracy(x_train, y_train, w, b):.1%} on training data, ", end="")
    print(f"{accuracy(x_test, y_test, engine_w, engine_b):.1%} on test data")


if __name__ == "__main__":
    main()
