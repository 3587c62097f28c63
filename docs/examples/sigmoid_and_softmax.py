"""The sigmoid is the softmax of two classes of which the second has the logit 0.

    softmax(z, 0)₁ = eᶻ / (eᶻ + e⁰) = 1 / (1 + e⁻ᶻ) = σ(z)

And: a softmax sums to one, and adding the same number to all logits changes nothing, because it cancels. That is why
the largest logit may be subtracted first, so that nothing overflows.

    python docs/examples/sigmoid_and_softmax.py
"""

import numpy as np

from engine import sigmoid, softmax


def differences():
    """How far each of the three statements is from being true."""
    z = np.linspace(-30, 30, 601)
    two = softmax(np.stack([z, np.zeros_like(z)], axis=1))
    logits = np.random.default_rng(0).normal(0, 5, (100, 10))
    return {
        "sigmoid against softmax of (z, 0)": np.abs(two[:, 0] - sigmoid(z)).max(),
        "sums against 1": np.abs(softmax(logits).sum(axis=1) - 1).max(),
        "softmax of shifted logits": np.abs(softmax(logits + 100) - softmax(logits)).max(),
    }


def main():
    for name, difference in differences().items():
        print(f"{name}: {difference:.1e}")


if __name__ == "__main__":
    main()
