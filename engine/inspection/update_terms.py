"""The optimizer's update of one weight, term by term, as the course writes it."""

from dataclasses import dataclass

from engine.inspection.training_step import StepRecord
from engine.optimizers import SGD, Adam, Optimizer, RMSProp


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the update.

    Attributes:
        symbol: such as "m̂".
        formula: how it comes about, in the same symbols.
        numbers: the formula with numbers in place of the symbols.
        value: the result.
    """

    symbol: str
    formula: str
    numbers: str
    value: float


def short(value: float, digits: int = 5) -> str:
    """A number with so many digits and a true minus sign."""
    return f"{value:.{digits}g}".replace("-", "−")


def update_terms(optimizer: Optimizer, record: StepRecord, index: int) -> list[Term]:
    """The lines from ∂L/∂w to the new weight, for the weight at this place of the flat vector (weights,).

    They are computed from what the optimizer remembered before the step, by the published formula; the last line's
    value equals the weight that the step has written, up to rounding.
    """
    gradient, before = float(record.gradients[index]), float(record.before[index])
    rate = record.learning_rate
    if isinstance(optimizer, SGD):
        return _momentum(optimizer, record, index)
    if isinstance(optimizer, RMSProp) and not optimizer.momentum and not optimizer.centered:
        return _rmsprop(optimizer, record, index)
    if type(optimizer) is Adam:
        return _adam(optimizer, record, index)
    new = before - rate * gradient
    return [Term("w′", "w − α·g", f"{short(before)} − {rate:g}·({short(gradient)})", new)]


def _slot(record: StepRecord, name: str, index: int) -> float:
    return float(record.slots_before[name][index]) if name in record.slots_before else 0.0


def _momentum(optimizer: SGD, record: StepRecord, index: int) -> list[Term]:
    g, w, a, mu = float(record.gradients[index]), float(record.before[index]), record.learning_rate, optimizer.momentum
    old = _slot(record, "velocity", index)
    v = mu * old - a * g
    terms = [Term("v", "μ·v − α·g", f"{mu:g}·({short(old)}) − {a:g}·({short(g)})", v)]
    if optimizer.nesterov:
        text = f"{short(w)} + {mu:g}·({short(v)}) − {a:g}·({short(g)})"
        return [*terms, Term("w′", "w + μ·v − α·g", text, w + mu * v - a * g)]
    return [*terms, Term("w′", "w + v", f"{short(w)} + ({short(v)})", w + v)]


def _rmsprop(optimizer: RMSProp, record: StepRecord, index: int) -> list[Term]:
    g, w, a, rho = float(record.gradients[index]), float(record.before[index]), record.learning_rate, optimizer.rho
    old, epsilon = _slot(record, "mean_square", index), optimizer.epsilon
    s = rho * old + (1 - rho) * g * g
    inside = optimizer.epsilon_inside_root
    root = (s + epsilon) ** 0.5 if inside else s**0.5 + epsilon
    u = a * g / root
    below = f"√({short(s)} + {epsilon:g})" if inside else f"(√{short(s)} + {epsilon:g})"
    return [
        Term("s", "ρ·s + (1−ρ)·g²", f"{rho:g}·{short(old)} + {1 - rho:g}·({short(g)})²", s),
        Term("u", "α·g / √(s + ε)" if inside else "α·g / (√s + ε)", f"{a:g}·({short(g)}) / {below}", u),
        Term("w′", "w − u", f"{short(w)} − ({short(u)})", w - u),
    ]


def _adam(optimizer: Adam, record: StepRecord, index: int) -> list[Term]:
    g, w, a, t = float(record.gradients[index]), float(record.before[index]), record.learning_rate, record.number
    one, two, epsilon = optimizer.beta_1, optimizer.beta_2, optimizer.epsilon
    # The rule keeps m/(1−β₁) and v/(1−β₂).
    old_m = (1 - one) * _slot(record, "first_moment", index)
    old_v = (1 - two) * _slot(record, "second_moment", index)
    m, v = one * old_m + (1 - one) * g, two * old_v + (1 - two) * g * g
    m_hat, v_hat = m / (1 - one**t), v / (1 - two**t)
    if optimizer.epsilon_after_correction:
        formula, shift = "w − α·m̂ / (√v̂ + ε)", epsilon
    else:
        # Keras adds ε to √v before the correction.
        formula, shift = "w − α·m̂ / (√v̂ + ε/√(1−β₂ᵗ))", epsilon / (1 - two**t) ** 0.5
    text = f"{short(w)} − {a:g}·({short(m_hat)}) / (√{short(v_hat)} + {short(shift)})"
    return [
        Term("m", "β₁·m + (1−β₁)·g", f"{one:g}·({short(old_m)}) + {1 - one:.4g}·({short(g)})", m),
        Term("v", "β₂·v + (1−β₂)·g²", f"{two:g}·{short(old_v)} + {1 - two:.4g}·({short(g)})²", v),
        Term("m̂", "m / (1−β₁ᵗ)", f"{short(m)} / (1 − {one:g}^{t})", m_hat),
        Term("v̂", "v / (1−β₂ᵗ)", f"{short(v)} / (1 − {two:g}^{t})", v_hat),
        Term("w′", formula, text, w - a * m_hat / (v_hat**0.5 + shift)),
    ]
