"""The same networks in PyTorch and scikit-learn, for `against_peers.py`."""

import time

import numpy as np
import torch
from torch import nn


def torch_network(name):
    """The preset `name` as a PyTorch module."""
    if name == "cnn":
        return nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(800, 128),
            nn.ReLU(),
            nn.Linear(128, 10),
        )
    if name == "mlp":
        return nn.Sequential(nn.Linear(400, 128), nn.ReLU(), nn.Linear(128, 10))
    return nn.Sequential(nn.Linear(400, 10))


class TorchPeer:
    """A PyTorch network with its data: trains epochs and predicts, as the tutorials do it."""

    def __init__(self, name, images, labels, *, channels_last=False, batch_size=128):
        torch.manual_seed(0)
        self.batch_size = batch_size
        self.network = torch_network(name)
        shape = (len(images), 1, 20, 20) if name == "cnn" else (len(images), 400)
        self.inputs = torch.from_numpy(images.reshape(shape))
        if channels_last:
            self.network = self.network.to(memory_format=torch.channels_last)
            self.inputs = self.inputs.to(memory_format=torch.channels_last)
        self.targets = torch.from_numpy(labels.astype(np.int64))
        self.loss = nn.CrossEntropyLoss()
        parameters = self.network.parameters()
        self.optimizer = torch.optim.SGD(parameters, 0.01) if name == "softmax" else torch.optim.Adam(parameters, 0.001)

    def epoch(self):
        """Train an epoch; images a second."""
        self.network.train()
        count = len(self.inputs)
        started = time.perf_counter()
        order = torch.randperm(count)
        for start in range(0, count, self.batch_size):
            batch = order[start : start + self.batch_size]
            self.optimizer.zero_grad()
            self.loss(self.network(self.inputs[batch]), self.targets[batch]).backward()
            self.optimizer.step()
        return count / (time.perf_counter() - started)

    def predict(self, count, chunk):
        """Probabilities for the first `count` images, in chunks."""
        self.network.eval()
        with torch.inference_mode():
            parts = [
                torch.softmax(self.network(self.inputs[start : min(start + chunk, count)]), 1)
                for start in range(0, count, chunk)
            ]
            return torch.cat(parts) if len(parts) > 1 else parts[0]


def sklearn_network():
    """The preset `mlp` as a scikit-learn classifier with the same settings."""
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(
        (128,), activation="relu", solver="adam", alpha=0.0, batch_size=128, learning_rate_init=0.001, random_state=0
    )


def sklearn_logistic(count, l2):
    """Logistic regression whose minimum is that of mean loss + l2·Σw²."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=1 / (2 * l2 * count), solver="lbfgs", max_iter=10_000)
