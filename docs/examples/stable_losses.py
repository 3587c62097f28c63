"""Why losses take logits: the formula on paper fails where the network is very sure.

At z = 1000 the sigmoid rounds to exactly 1, and ln(1 − 1) is −∞: the loss is lost, and with it the gradient. Written
with the logit itself the same loss is  max(z, 0) − z·t + ln(1 + e^{−|z|}), which never overflows.

    python docs/examples/stable_losses.py
"""

import numpy as np

from engine import BinaryCrossentropy


def on_paper(z, target):
    """−t·ln σ(z) − (1 − t)·ln(1 − σ(z)), number by number."""
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-z))
        return -target * np.log(p) - (1 - target) * np.log(1 - p)


def ours(z, target, from_logits=True):
    """Value and slope by the engine, from the logit or from the rounded probability."""
    loss = BinaryCrossentropy(from_logits=from_logits)
    with np.errstate(over="ignore"):
        output = z if from_logits else 1 / (1 + np.exp(-z))
    value, gradient = loss.value_and_gradient(np.array([[output]]), np.array([[target]]))
    return value, gradient[0, 0]


def main():
    print(f"{'z':>6} {'target':>6} {'on paper':>9} {'from logits':>12} {'its slope':>10} {'from probabilities':>19}")
    for z in (2.0, 40.0, 1000.0, -1000.0):
        for target in (0.0, 1.0):
            z = np.float64(z)
            value, slope = ours(z, target)
            guarded, _ = ours(z, target, from_logits=False)
            print(f"{z:6g} {target:6g} {on_paper(z, target):9.4g} {value:12.4g} {slope:10.4g} {guarded:19.4g}")


if __name__ == "__main__":
    main()
