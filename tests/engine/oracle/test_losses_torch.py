"""The losses beside PyTorch's: values and gradients."""

import numpy as np
import pytest

from engine.losses import Huber
from tests.engine.loss_cases import loss_cases

torch = pytest.importorskip("torch")
functional = torch.nn.functional


def torch_loss(case, outputs):
    """The same loss, as PyTorch's documentation writes it."""
    loss, kind = case.loss, case.loss.kind
    smoothing = getattr(loss, "label_smoothing", 0.0)
    targets = torch.tensor(case.targets)
    if kind == "binary_crossentropy":
        targets = (targets * (1 - smoothing) + smoothing / 2).to(outputs.dtype)
        if loss.from_logits:
            return functional.binary_cross_entropy_with_logits(outputs, targets)
        return functional.binary_cross_entropy(outputs, targets)
    if kind == "open_set_crossentropy":
        # "None of them" is one more class, with a logit of 0.
        logits = torch.cat([outputs, torch.zeros_like(outputs[:, :1])], dim=1)
        return functional.cross_entropy(logits, targets % logits.shape[1])
    if kind.endswith("categorical_crossentropy"):
        targets = targets if kind.startswith("sparse") else targets.to(outputs.dtype)
        if loss.from_logits:
            return functional.cross_entropy(outputs, targets, label_smoothing=smoothing)
        if kind.startswith("sparse"):
            return functional.nll_loss((outputs / outputs.sum(1, keepdim=True)).log(), targets)
        return -(targets * (outputs / outputs.sum(1, keepdim=True)).log()).sum(1).mean()
    targets = targets.to(outputs.dtype)
    if isinstance(loss, Huber):
        return functional.huber_loss(outputs, targets, delta=loss.delta)
    return {"mean_squared_error": functional.mse_loss, "mean_absolute_error": functional.l1_loss}[kind](
        outputs, targets
    )


# The others have no counterpart there; Keras is their measure.
IN_TORCH = (
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "open_set_crossentropy",
    "mean_squared_error",
    "mean_absolute_error",
    "huber",
)
CASES = [case for case in loss_cases() if case.loss.kind in IN_TORCH and case.loss.reduction != "sum"]


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 2e-6)])
def test_value_and_gradient(case, dtype, tolerance):
    outputs = torch.tensor(case.outputs.astype(dtype), requires_grad=True)
    expected = torch_loss(case, outputs)
    expected.backward()
    value, gradient = case.loss.value_and_gradient(case.outputs.astype(dtype), case.targets)
    assert value == pytest.approx(expected.item(), rel=tolerance)
    np.testing.assert_allclose(gradient, outputs.grad.numpy(), rtol=20 * tolerance, atol=tolerance)


@pytest.mark.parametrize("size", [1000.0, 1e30])
def test_huge_logits(size, rng):
    signs = rng.choice([-1.0, 1.0], (6, 4))
    for case in CASES:
        if case.loss.task == "values" or not case.loss.from_logits:
            continue
        columns = case.outputs.shape[1]
        logits = (signs * size)[:, :columns]
        small = type(case)(case.name, case.loss, logits, case.targets[:6])
        outputs = torch.tensor(logits, requires_grad=True)
        expected = torch_loss(small, outputs)
        expected.backward()
        value, gradient = case.loss.value_and_gradient(logits, small.targets)
        assert value == pytest.approx(expected.item(), rel=1e-12)
        np.testing.assert_allclose(gradient, outputs.grad.numpy(), atol=1e-15)
