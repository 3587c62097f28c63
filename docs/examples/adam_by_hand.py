"""Adam's first three steps, with every number on the table.

python docs/examples/adam_by_hand.py
"""

import numpy as np

from engine import Adam

ALPHA, BETA_1, BETA_2, EPSILON = 0.001, 0.9, 0.999, 1e-7
SLOPES = (0.5, -0.2, 0.1)


def by_hand(w=1.0):
    """The weight after each step, and the table's rows."""
    m = v = 0.0
    rows = []
    for t, g in enumerate(SLOPES, start=1):
        m = BETA_1 * m + (1 - BETA_1) * g  # the average slope
        v = BETA_2 * v + (1 - BETA_2) * g**2  # the average squared slope
        m_hat = m / (1 - BETA_1**t)  # both averages started at 0:
        v_hat = v / (1 - BETA_2**t)  # make up for it
        w = w - ALPHA * m_hat / (v_hat**0.5 + EPSILON)
        rows.append((t, g, m, v, m_hat, v_hat, w))
    return rows


def by_engine(w=1.0):
    weight, result = np.array([w]), []
    # As in the paper; Keras, and our default, add ε before the correction of v.
    optimizer = Adam(ALPHA, BETA_1, BETA_2, EPSILON, epsilon_after_correction=True)
    for g in SLOPES:
        optimizer.apply(weight, np.array([g]))
        result.append(float(weight[0]))
    return result


def main():
    print(" t      g        m           v      m_hat      v_hat            w      engine")
    for (t, g, m, v, m_hat, v_hat, w), ours in zip(by_hand(), by_engine(), strict=True):
        print(f"{t:2} {g:6.1f} {m:8.4f} {v:11.8f} {m_hat:10.6f} {v_hat:10.7f} {w:12.9f} {ours:11.9f}")


if __name__ == "__main__":
    main()
