"""The lines of the table of one step: formula, the same with numbers, value; and the words of a gradient check."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.core.parameters import FloatArray
from engine.inspection.training_step import StepRecord, WeightCheck
from engine.inspection.twin import answered_by, logit_stages
from engine.inspection.update_terms import short, update_terms
from engine.network.network import Network
from engine.optimizers import Optimizer
from gui.workspaces.inspect.formula_links import linked
from gui.workspaces.inspect.number_grid import Cells, aligned


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table.

    Attributes:
        key: what other rows refer to.
        name: what it is.
        formula: simple HTML; a link leads to the row that a term comes from.
        numbers: the formula with this step's numbers.
        value: the result.
        cells: where the result is several numbers, each with its name, short enough to stand side by side.
        power: the power of ten that these are multiples of.
    """

    key: str
    name: str
    formula: str
    numbers: str
    value: str
    cells: Cells = ()
    power: str = ""


@dataclass(frozen=True, slots=True)
class Weight:
    """The weight that is followed.

    Attributes:
        layer, parameter: their numbers; parameter 0 is the kernel, 1 the bias.
        place: its index in the array.
        index: its place in the flat vector.
        name: for people.
    """

    layer: int
    parameter: int
    place: tuple[int, ...]
    index: int
    name: str


# So many of a sum's terms, the largest ones, are written out.
_TERMS: Final = 3
# The answer, by what makes it of the logits.
_ANSWERS: Final = {
    "softmax": "p = e<sup>z</sup> / Σ e<sup>z</sup>",
    "sigmoid": "p = h = σ(z) = 1 / (1 + e<sup>−z</sup>)",
    "": "answer = z",
}


def step_lines(
    network: Network, optimizer: Optimizer, record: StepRecord, weight: Weight, labels: Sequence[str], target: str,
    first: str,
) -> list[Line]:  # fmt: skip
    """All lines of a step, in the order in which they are computed.

    Args:
        network: the copy that is trained.
        optimizer: whose rule is followed.
        record: the numbers.
        weight: whose update is shown.
        labels: a name an output.
        target: of the first example, for people.
        first: what that example is, such as "the drawing".
    """
    loss = network.require_loss()
    rule = answered_by(network)
    p_formula, l_formula, dz_formula = _formulas(loss.kind, rule, record.logits.shape[1])
    dz_name = "Slope at the logits" if rule else "Slope at the outputs"
    lines = [
        _vector_line("z", "Logits" if rule else "Outputs", "z = W<sup>T</sup>a + b", f"{first}, y = {target}",
                     record.logits[0], labels),
        _vector_line("p", "Predictions", p_formula, first, record.predictions[0], labels),
        Line("L", "Loss", l_formula, _loss_numbers(loss.kind, record, target), short(record.loss)),
        _vector_line("dz", dz_name, dz_formula, first, record.logit_gradients[0], labels),
        *_penalty_lines(network, record, weight),
    ]  # fmt: skip
    lines.append(_gradient_line(network, record, weight, lines[-1].key == "r"))
    terms = update_terms(optimizer, record, weight.index)
    for term in terms:
        key = "after" if term.symbol == "w′" else f"term-{term.symbol}"
        name = "New weight" if key == "after" else "Update"
        lines.append(Line(key, name, f"{term.symbol} = {term.formula}", term.numbers, short(term.value)))
    before, after = float(record.before[weight.index]), float(record.after[weight.index])
    lines += [
        Line("w", "Weight", "w′ − w", f"{short(before)} → {short(after)}", short(after - before)),
        Line("L′", "Loss after", "L with every w′", f"{short(record.loss)} →",
             short(record.loss_after)),
    ]  # fmt: skip
    if record.answer_before is not None and record.answer_after is not None:
        lines.append(
            Line("answer", "Your drawing", f"{'p' if answered_by(network) else 'answer'} with every w′",
                 f"{_listed(record.answer_before, labels, 2)} →", _listed(record.answer_after, labels, 2))
        )  # fmt: skip
    rows = {line.key for line in lines}
    return [replace(line, formula=linked(line.formula, line.key, rows)) for line in lines]


def _vector_line(key: str, name: str, formula: str, numbers: str, values: FloatArray, labels: Sequence[str]) -> Line:
    """One number an output, (outputs,)."""
    texts, power = aligned(np.asarray(values, np.float64)) if len(values) > 1 else ([], "")
    return Line(key, name, formula, numbers, _listed(values, labels), tuple(zip(labels, texts, strict=False)), power)


def _formulas(kind: str, rule: str, outputs: int) -> tuple[str, str, str]:
    """The answer, the loss and ∂L/∂z; y is the target, n the batch, K the outputs."""
    answer, count = "p" if rule else "z", "n" if outputs == 1 else "(n·K)"
    entropy = ("L = −(1/n) Σ ln p<sub>y</sub>", "softmax", " = (p − y) / n")
    told, usual, slope = {
        "sparse_categorical_crossentropy": entropy,
        "categorical_crossentropy": entropy,
        "open_set_crossentropy": (
            "L = −(1/n) Σ ln q<sub>y</sub>, q = e<sup>z</sup> / (1 + Σ e<sup>z</sup>)", "softmax", " = (q − y) / n"
        ),
        "binary_crossentropy": (
            "J(θ) = −(1/(n·K)) Σ [ y ln p + (1 − y) ln(1 − p) ]", "sigmoid", " = (p − y) / (n·K)"
        ),
        "mean_squared_error": (f"L = (1/{count}) Σ ({answer} − y)²", "", f" = 2(z − y) / {count}"),
    }.get(kind, (f"L: {kind.replace('_', ' ')}", None, ""))  # fmt: skip
    if rule != usual:
        slope = " = Σ ∂L/∂p · ∂p/∂z" if rule else ""
    by = "p = e<sup>z</sup> / (1 + Σ e<sup>z</sup>); the rest is “none”" if kind.startswith("open") else _ANSWERS[rule]
    return by, told, f"∂L/∂z{slope}"


def _loss_numbers(kind: str, record: StepRecord, target: str) -> str:
    """Of one answer what the loss is a function of, of several that it is their mean."""
    count, outputs = record.logits.shape
    if count > 1:
        return f"mean of {count} examples"
    if kind == "binary_crossentropy" and outputs > 1:
        return f"mean of {outputs} labels"
    if kind.endswith("_crossentropy") and "focal" not in kind:
        return f"y = {target}: −ln {short(float(np.exp(-record.loss)))}"
    if kind == "mean_squared_error" and outputs == 1:
        turned = target.replace("-", "−")
        return f"({short(float(record.predictions[0, 0]))} − {f'({turned})' if turned[0] == '−' else turned})²"
    return f"y = {target}"


def _penalty_lines(network: Network, record: StepRecord, weight: Weight) -> list[Line]:
    """The slope of the layer's own price on large weights, where the weight has one."""
    parameter, value = network.layers[weight.layer].parameters[weight.parameter], float(record.before[weight.index])
    sign, parts = float(np.sign(value)), []
    if parameter.l1:
        parts.append(("λ₁·sign w", f"{parameter.l1:g}·({sign:g})".replace("-", "−"), parameter.l1 * sign))
    if parameter.l2:
        parts.append(("2·λ₂·w", f"2·{parameter.l2:g}·({short(value)})", 2 * parameter.l2 * value))
    if not parts:
        return []
    formulas, numbers, values = zip(*parts, strict=True)
    return [Line("r", "Penalty", f"r = {' + '.join(formulas)}", " + ".join(numbers), short(sum(values)))]


def _gradient_line(network: Network, record: StepRecord, weight: Weight, penalized: bool) -> Line:
    """The gradient of the weight: by its products with ∂L/∂z in the last layer, by the chain rule below it."""
    value, price = short(float(record.gradients[weight.index])), " + r" if penalized else ""
    if logit_stages(network)[-1] is not network.layers[weight.layer] or record.last_inputs.ndim != 2:
        by_rule = f"g = ∂L/∂w{price}, ∂L/∂z passed back"
        return Line("g", "Gradient", by_rule, f"{weight.name}, by the chain rule", value)
    slopes = record.logit_gradients[:, weight.place[-1]]
    texts = [f"({short(slope)})" for slope in slopes.tolist()]
    formula = f"g = ∂L/∂w{price} = Σ ∂L/∂z{price}"
    if weight.parameter == 0:
        formula, taken = f"g = ∂L/∂w{price} = Σ a·∂L/∂z{price}", record.last_inputs[:, weight.place[0]]
        texts = [f"{short(one)}·{text}" for one, text in zip(taken.tolist(), texts, strict=True)]
        slopes = slopes * taken
    largest = np.argsort(-np.abs(slopes), kind="stable")[:_TERMS].tolist()
    more = f" + {len(texts) - _TERMS} more" if len(texts) > _TERMS else ""
    numbers = f"{weight.name}: {' + '.join(texts[one] for one in largest)}{more}{price}"
    return Line("g", "Gradient", formula, numbers, value)


def _listed(values: FloatArray, labels: Sequence[str], most: int = 0) -> str:
    """Numbers with their names; the `most` largest alone, or all."""
    numbers = np.asarray(values, np.float64).reshape(-1)
    order = np.argsort(-numbers, kind="stable")[:most].tolist() if most else range(len(numbers))
    names = list(labels) if len(labels) == len(numbers) else list(labels[-1:]) * len(numbers)
    # A name and its number stay in one line.
    return " · ".join(f"{names[place]}:\u00a0{short(float(f'{numbers[place]:.3g}'))}" for place in order)


def check_text(name: str, found: WeightCheck) -> str:
    """What the gradient check of the weight of this name has found."""
    if not found.agrees:
        verdict = (
            f"They differ, relative error {short(found.error, 2)}: more than rounding explains. "
            "Close to a corner of the loss (ReLU, maximum) there is no slope to measure."
        )
    elif found.difference <= found.rounding:
        verdict = (
            "They agree within rounding of the numeric difference: "
            f"{short(found.difference, 2)} apart, and rounding alone may make {short(found.rounding, 2)}."
        )
    else:
        verdict = f"They agree, relative error {short(found.error, 2)}."
    return (
        f"∂L/∂w of {name} at the new weights: backpropagation {short(found.analytic)}, measured "
        f"(L(w + h) − L(w − h)) / 2h = {short(found.numeric)}. {verdict}"
    )
