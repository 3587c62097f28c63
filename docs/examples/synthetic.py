"""The course's synthetic data: `sklearn.datasets.make_classification(random_state=42)` without scikit-learn.

Two of the features carry the classes, two are mixtures of those, the rest is noise. The same generator is asked in
the same order, so that the numbers are the same; a test compares them.
"""

import numpy as np


def make_classification(samples=1000, features=20, seed=42):
    """Features (samples, features) and labels 0 or 1, two clusters a class, 1 % of the labels drawn anew."""
    # The old generator, because scikit-learn draws from it.
    draw = np.random.RandomState(seed)
    corners = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    x = np.zeros((samples, features))
    y = np.zeros(samples, int)
    x[:, :2] = draw.standard_normal(size=(samples, 2))
    for cluster, corner in enumerate(corners):
        part = slice(cluster * samples // 4, (cluster + 1) * samples // 4)
        y[part] = cluster % 2
        x[part, :2] = x[part, :2] @ (2 * draw.uniform(size=(2, 2)) - 1) + corner
    x[:, 2:4] = x[:, :2] @ (2 * draw.uniform(size=(2, 2)) - 1)
    x[:, 4:] = draw.standard_normal(size=(samples, features - 4))
    flipped = draw.uniform(size=samples) < 0.01
    y[flipped] = draw.randint(2, size=flipped.sum())
    rows = np.arange(samples)
    draw.shuffle(rows)
    columns = np.arange(features)
    draw.shuffle(columns)
    return x[rows][:, columns], y[rows]


def split(x, y, test_part=0.3, seed=42):
    """Training and test data as `sklearn.model_selection.train_test_split` cuts them."""
    order = np.random.RandomState(seed).permutation(len(x))
    tests = int(np.ceil(len(x) * test_part))
    return x[order[tests:]], x[order[:tests]], y[order[tests:]], y[order[:tests]]
