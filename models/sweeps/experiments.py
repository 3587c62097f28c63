"""The experiments of a course on machine learning, each of which is a sweep, and what their metrics say."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from models.presets.own_files import all_presets
from models.sweeps.plan import SweepPlan, make_plan
from models.sweeps.summary import Combination
from models.sweeps.variation import Variation, value_text

_FEWEST_EXAMPLES = 50
_POINTS = 6
_LAMBDAS: Final = (0.0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
# The metric by which a task counts errors, and whether the error is what is missing to 1.
_METRICS: Final = (("accuracy", True), ("exact_match", True), ("rmse", False))
# The part of the validation error that the gap has to be for variance alone to be named, and at most for bias.
_MOSTLY, _HARDLY = 0.6, 0.35


def learning_curve(preset: str, available: int, repeat: int = 1) -> SweepPlan:
    """Error against the number of training examples: from few to all of them, in equal factors.

    Args:
        preset: what is trained.
        available: how many training digits there are.
        repeat: seeds for each number.

    Raises:
        ConfigurationError: a setting does not fit.
    """
    lowest = min(_FEWEST_EXAMPLES, max(2, available // 2))
    counts = dict.fromkeys(round(count) for count in np.geomspace(lowest, max(available, lowest), _POINTS))
    return _plain_plan(preset, [Variation("examples", tuple(counts))], repeat)


def validation_curve(preset: str, repeat: int = 1) -> SweepPlan:
    """Error against λ, the weight of the L2 penalty; `repeat` as in `learning_curve`."""
    return _plain_plan(preset, [Variation("l2", _LAMBDAS)], repeat)


def race(presets: Sequence[str], repeat: int = 1, variations: Sequence[Variation] = ()) -> SweepPlan:
    """Presets side by side, with the same batches in the same order and as many epochs: the first one's.

    Args:
        presets: whose settings are their own otherwise.
        repeat: seeds for each.
        variations: what else is varied.
    """
    first = all_presets()[presets[0]].defaults
    given = {variation.field for variation in variations}
    common = [Variation("batch_size", (first.batch_size,)), Variation("epochs", (first.epochs,))]
    same = [variation for variation in common if variation.field not in given]
    lanes = [] if "preset" in given else [Variation("preset", tuple(presets))]
    return make_plan(presets[0], [*lanes, *variations, *same], repeat)


def _plain_plan(preset: str, variations: list[Variation], repeat: int) -> SweepPlan:
    """Without variation of the digits and without drawings that are none: errors are to be of the digits alone."""
    given = {variation.field for variation in variations}
    switches = [Variation(name, (False,)) for name in ("augment", "refuse") if name not in given]
    used = list({variation.field: variation for variation in reversed([*variations, *switches])}.values())[::-1]
    plan = make_plan(preset, used, repeat)
    # What is switched off is no news in a table.
    shown = [
        replace(
            trial, values={name: value for name, value in trial.values.items() if name not in ("augment", "refuse")}
        )
        for trial in plan.trials
    ]
    return replace(plan, trials=tuple(shown))


def errors_of(combination: Combination) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """(mean, deviation) over the seeds of the error on the training digits and on the validation's; None before any.

    An error is a share of the digits; of angles, the root of the mean square in degrees.
    """
    metrics = combination.metrics
    for name, is_share in _METRICS:
        if metrics.get(f"learned_{name}") and metrics.get(f"validation_{name}"):
            pairs = [
                (combination.mean(metric), combination.deviation(metric))
                for metric in (f"learned_{name}", f"validation_{name}")
            ]
            training, validation = [(1 - mean if is_share else mean, spread) for mean, spread in pairs]
            return training, validation
    return None


def is_share(combination: Combination) -> bool:
    """Whether the errors of `errors_of` are shares."""
    return "validation_rmse" not in combination.metrics


def diagnose(combinations: Sequence[Combination], field: str) -> str:
    """Bias or variance in a sentence, with the numbers that say so; "" before there are any.

    The training error is what the network cannot learn (bias); what the validation error has beyond it is what it has
    learned of these digits alone (variance).

    Args:
        combinations: of a learning curve or a validation curve, in order.
        field: "examples" or "l2".
    """
    known = [(one, errors) for one in combinations if (errors := errors_of(one)) is not None]
    if not known:
        return ""
    if field == "examples":
        last, errors = known[-1]
        count = last.values.get("examples")
        return f"With {count:,} examples: {_verdict(last, errors)}"
    best, errors = min(known, key=lambda pair: pair[1][1][0])
    lowest, highest = known[0], known[-1]
    ends = "; ".join(
        f"at λ = {value_text(one.values.get(field))}, {_numbers(one, both)}"
        for one, both in (lowest, highest)
        if one is not best
    )
    verdict, place = _verdict(best, errors), value_text(best.values.get(field))
    return (
        f"The validation error is lowest at λ = {place}. {verdict[:1].upper()}{verdict[1:]}"
        f"{f' {ends[:1].upper()}{ends[1:]}.' if ends else ''}"
    )


def _verdict(combination: Combination, errors: tuple[tuple[float, float], tuple[float, float]]) -> str:
    (training, _), (validation, _) = errors
    gap = validation - training
    share = gap / validation if validation > 0 else math.nan
    numbers = _numbers(combination, errors)
    if math.isnan(share):
        return f"neither bias nor variance: {numbers}."
    part = f"the gap is {max(0.0, share):.0%} of the latter".replace("%", " %")
    if share >= _MOSTLY:
        return f"variance: {numbers}; {part}. More examples, a larger λ or a smaller network narrow it."
    if share <= _HARDLY:
        return f"bias: {numbers}; {part}. A larger network or more epochs lower both."
    return f"bias and variance: {numbers}; {part}."


def _numbers(combination: Combination, errors: tuple[tuple[float, float], tuple[float, float]]) -> str:
    (training, _), (validation, _) = errors
    if is_share(combination):
        return f"the training error is {100 * training:.1f} % and the validation error {100 * validation:.1f} %"
    return f"the training error is {training:.1f}° and the validation error {validation:.1f}°"
