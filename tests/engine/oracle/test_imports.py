"""What other libraries and our exports write comes back with the same answers."""

import warnings

import numpy as np
import pytest
from export_networks import MODELS

from engine.errors import ModelFileError
from engine.storage.exporters import EXPORTERS
from engine.storage.exporters.steps import export_plan
from engine.storage.importers import import_model
from models import PRESETS, load

pytest.importorskip("onnx")
torch = pytest.importorskip("torch")
nn = torch.nn


def residual():
    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.inside, self.last = nn.Conv2d(1, 1, 3, padding=1), nn.Linear(400, 10)

        def forward(self, x):
            return self.last(torch.flatten(x + self.inside(x), 1))

    return Residual()


def viewed():
    class Viewed(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.last = nn.Conv2d(1, 3, 3), nn.Linear(972, 10)

        def forward(self, x):
            x = torch.relu(self.first(x))
            return torch.softmax(self.last(x.view(x.size(0), -1)), -1)

    return Viewed()


# The network, and whether its outputs are logits.
NETWORKS = {
    "lenet": lambda: nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(144, 60), nn.ReLU(), nn.Dropout(0.3), nn.Linear(60, 10), nn.Softmax(1),
    ),
    "normalized": lambda: nn.Sequential(
        nn.Conv2d(1, 8, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(8), nn.LeakyReLU(0.1),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.BatchNorm1d(8), nn.GELU(), nn.Linear(8, 10), nn.Softmax(1),
    ),
    "dense": lambda: nn.Sequential(
        nn.Flatten(), nn.Linear(400, 25), nn.Sigmoid(), nn.Linear(25, 10), nn.Softmax(1)
    ),
    "many": lambda: nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.SiLU(), nn.Conv2d(4, 4, 3, groups=4), nn.Hardswish(), nn.AvgPool2d(2),
        nn.Conv2d(4, 4, 3, padding=(2, 1), dilation=2), nn.Mish(), nn.Hardsigmoid(), nn.Upsample(scale_factor=2),
        nn.ELU(), nn.Softplus(), nn.ReLU6(), nn.BatchNorm2d(4), nn.Flatten(), nn.LazyLinear(10), nn.Softmax(1),
    ),
    "viewed": viewed,
}  # fmt: skip


def write(network, path, batch):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network, torch.rand(1, 1, 20, 20), str(path), dynamo=False, input_names=["digit"],
            dynamic_axes={"digit": {0: "n"}} if batch == "free" else None,
        )  # fmt: skip
    return path


@pytest.mark.parametrize("batch", ["free", "fixed"])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_stack_of_pytorch_answers_alike_as_onnx(name, batch, tmp_path):
    torch.manual_seed(1)
    network, images = NETWORKS[name]().eval(), torch.rand(6, 1, 20, 20)
    with torch.no_grad():
        network(images)
        for module in network.modules():
            if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
                module.running_mean.uniform_(-1, 1)
                module.running_var.uniform_(0.5, 2)
        expected = network(images).numpy()
    model = import_model(write(network, tmp_path / "net.onnx", batch)).model
    np.testing.assert_allclose(model.answer(images[:, 0].numpy()), expected, rtol=0, atol=1e-5)


def test_a_sum_of_two_ways_is_refused_by_its_operator(tmp_path):
    with pytest.raises(ModelFileError, match="operator Add takes 2 values"):
        import_model(write(residual().eval(), tmp_path / "net.onnx", "free"))


@pytest.mark.parametrize("name", [*PRESETS, *MODELS])
def test_what_was_exported_comes_back_in_every_format(name, tmp_path):
    model = load(name) if name in PRESETS else MODELS[name]()
    images = np.random.default_rng(0).random((5, 20, 20)).astype(np.float32)
    expected = model.answer(images)
    scale = max(1.0, float(np.abs(expected).max())) if model.task == "regression" else 1.0
    plan = export_plan(model)
    for key, exporter in EXPORTERS.items():
        back = import_model(exporter.write(plan, tmp_path / f"{key}{exporter.suffix}")[-1]).model
        np.testing.assert_allclose(back.answer(images) / scale, expected / scale, rtol=0, atol=1e-5, err_msg=key)
        np.testing.assert_array_equal(back.rejects(images), model.rejects(images))
        assert (back.labels, back.task) == (model.labels, model.task)
