"""A straight line through points: gradient descent walks to where the normal equations jump.

The mean squared error of a linear model has one minimum, and XᵀX·w = Xᵀy says where.

    python docs/examples/linear_regression.py
"""

import numpy as np

from engine import Dense, GradientDescent, MeanSquaredError, Sequential


def points(count=200):
    """Three features, a known law, a little noise."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(count, 3))
    return x, x @ [2.0, -1.0, 0.5] + 3.0 + rng.normal(0, 0.2, count)


def normal_equations(x, y):
    with_ones = np.column_stack([x, np.ones(len(x))])
    return np.linalg.solve(with_ones.T @ with_ones, with_ones.T @ y)


def gradient_descent(x, y):
    network = Sequential([Dense(1)], dtype=np.float64)
    network.compile(loss=MeanSquaredError(), optimizer=GradientDescent(0.1))
    network.fit(x, y, epochs=500, batch_size=len(x), verbose=0)
    kernel, bias = network.get_weights()
    return np.append(kernel[:, 0], bias)


def main():
    x, y = points()
    print("normal equations:", np.round(normal_equations(x, y), 6))
    print("gradient descent:", np.round(gradient_descent(x, y), 6))


if __name__ == "__main__":
    main()
