"""Several questions at once: the multi-label loss is the binary loss of each label, added up.

One drawing can be even *and* prime (a 2): no softmax, but a sigmoid for each label.

    python docs/examples/multi_label_loss.py
"""

import numpy as np

from engine import BinaryCrossentropy

LABELS = ("even", "prime", "at least 5", "closed loop")


def truth(digit):
    """What is true of a digit."""
    return [float(digit % 2 == 0), float(digit in (2, 3, 5, 7)), float(digit >= 5), float(digit in (0, 6, 8, 9))]


def compare():
    """The loss of all labels together, times their number, and the losses of the labels one by one."""
    logits = np.random.default_rng(0).normal(0, 2, (10, len(LABELS)))
    targets = np.array([truth(digit) for digit in range(10)])
    loss = BinaryCrossentropy(from_logits=True)
    each = [loss.value(logits[:, [k]], targets[:, [k]]) for k in range(len(LABELS))]
    return len(LABELS) * loss.value(logits, targets), each


def main():
    together, each = compare()
    for label, value in zip(LABELS, each, strict=True):
        print(f"{label:>12}: {value:.6f}")
    print(f"{'sum':>12}: {sum(each):.6f}")
    print(f"{'at once':>12}: {together:.6f}")


if __name__ == "__main__":
    main()
