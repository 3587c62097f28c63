"""A PyTorch module as a script, with its weights beside it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from engine.core.parameters import FloatArray
from engine.storage.exporters.asking import ask_program
from engine.storage.exporters.exporter import ExportedAnswer, Exporter, docstring, labels_line, main_part, save_program
from engine.storage.exporters.steps import ExportPlan, ExportStep, Head

_ACTIVATIONS = {
    "relu6": "F.relu6(x)",
    "leaky_relu": "F.leaky_relu(x, {negative_slope})",
    "sigmoid": "torch.sigmoid(x)",
    "tanh": "torch.tanh(x)",
    "softplus": "F.softplus(x)",
    "elu": "F.elu(x, {alpha})",
    "selu": "F.selu(x)",
    "celu": "F.celu(x)",
    "gelu": "F.gelu(x)",
    "silu": "F.silu(x)",
    "hard_silu": "F.hardswish(x)",
    "hard_sigmoid": "F.hardsigmoid(x)",
    "log_sigmoid": "F.logsigmoid(x)",
    "softsign": "F.softsign(x)",
    "mish": "F.mish(x)",
    "exponential": "torch.exp(x)",
    "softmax": "torch.softmax(x, dim={channels})",
}
# Steps that work on images with the channels first.
_CHANNELS_FIRST = ("convolution", "depthwise", "max_pool", "average_pool", "up_sampling", "pad")
_ANY_ORDER = ("activation", "global_average", "global_max", "dropout", "noise", "rescale")


class PytorchProgram(Exporter):
    """See the module."""

    key: ClassVar[str] = "pytorch"
    title: ClassVar[str] = "PyTorch script"
    suffix: ClassVar[str] = ".py"
    asked: ClassVar[tuple[str, ...]] = ("torch",)

    def write(self, plan: ExportPlan, path: Path) -> list[Path]:
        """The script and its `.npz`; raises `OSError`."""
        uses = f"python {path.name} digit.png … tells the digits; it needs PyTorch, and DigitLab to read pictures.\n"
        uses += "Network() is the module, predict(images) gives the probabilities."
        lines = docstring(plan, uses)
        lines += ["from pathlib import Path", "", "import numpy as np", "import torch", "from torch import nn"]
        lines += ["from torch.nn import functional as F", "", labels_line(plan), "", ""]
        lines += ["class Network(nn.Module):", '    """Images (batch, 20, 20) to the last layer\'s outputs."""', ""]
        lines += ["    def __init__(self):", "        super().__init__()", *declarations(plan.steps)]
        lines += ["", "    def forward(self, x):", *forward_lines(plan.steps), "        return x", ""]
        lines += ["", "def load():", '    """The network with its weights."""', "    network = Network().eval()"]
        lines += ['    with np.load(Path(__file__).with_suffix(".npz")) as weights:']
        lines += ["        names = network.state_dict()"]
        lines += ["        network.load_state_dict({name: torch.from_numpy(weights[name]) for name in names})"]
        lines += ["    return network", "", "", "NETWORK = load()", "", "", *_head_lines(plan.head)]
        weights: dict[str, FloatArray] = {}
        for step in plan.steps:
            weights |= {f"{step.layer}.{name}": array for name, array in _state(step).items()}
        return save_program(path, [*lines, *main_part()], plan, weights)

    def ask(self, path: Path, images: FloatArray) -> ExportedAnswer:
        """Runs the script in a process of its own."""
        return ask_program(path, images, "torch", "PyTorch")


def _state(step: ExportStep) -> dict[str, FloatArray]:
    """A step's arrays as PyTorch's modules hold them."""
    held = step.weights
    match step.kind:
        case "dense":
            return {"weight": held["kernel"].T.copy(), "bias": held["bias"]}
        case "convolution":
            return {"weight": held["kernel"].transpose(3, 2, 0, 1).copy(), "bias": held["bias"]}
        case "depthwise":
            height, width, channels, multiplier = held["kernel"].shape
            kernel = held["kernel"].transpose(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)
            return {"weight": kernel.copy(), "bias": held["bias"]}
        case "layer_normalization":
            return {"weight": held["gamma"], "bias": held["beta"]}
        case _:
            return dict(held)


def declarations(steps: Sequence[ExportStep]) -> list[str]:
    """The modules of a network's steps, for `__init__`."""
    lines = []
    for step in steps:
        held, given = step.weights, step.settings
        match step.kind:
            case "dense":
                rows, columns = held["kernel"].shape
                module = f"nn.Linear({rows}, {columns})"
            case "convolution" | "depthwise":
                height, width, channels, filters = held["kernel"].shape
                groups = f", groups={channels}" if step.kind == "depthwise" else ""
                filters *= channels if step.kind == "depthwise" else 1
                rest = f"stride={given['strides']}, dilation={given['dilation']}{groups}"
                module = f"nn.Conv2d({channels}, {filters}, ({height}, {width}), {rest})"
            case "layer_normalization":
                module = f"nn.LayerNorm({step.output_shape[-1]}, eps={given['epsilon']})"
            case "scale":
                size = step.output_shape[-1]
                lines.append(f"        self.{step.layer} = nn.ParameterDict(")
                lines.append(f'            {{"scale": torch.ones({size}), "offset": torch.zeros({size})}}')
                lines.append("        )")
                continue
            case "batch_normalization":
                affine = "" if given["affine"] else ", affine=False"
                rest = f"eps={given['epsilon']}, momentum={round(1 - given['momentum'], 6)}{affine}"
                module = f"nn.BatchNorm{'2d' if len(step.output_shape) == 3 else '1d'}({step.output_shape[-1]}, {rest})"
            case _:
                continue
        lines.append(f"        self.{step.layer} = {module}")
    return lines


def forward_lines(steps: Sequence[ExportStep]) -> list[str]:
    """The statements that take x, images with the channels last, to the last outputs."""
    lines, first = [], False

    def add(text: str, note: str = "") -> None:
        lines.append(f"        x = {text}" + (f"  # {note}" if note else ""))

    for step in steps:
        image = len(step.output_shape) == 3
        wants_first = step.kind in _CHANNELS_FIRST or (step.kind == "batch_normalization" and image)
        if wants_first and not first:
            add("x.permute(0, 3, 1, 2)", "channels first, as PyTorch has them")
            first = True
        elif first and not wants_first and step.kind not in _ANY_ORDER:
            add("x.permute(0, 2, 3, 1)", "channels last, as the weights count them")
            first = False
        for line in _calls(step, first):
            add(line)
        first = first and image
    return lines


def _calls(step: ExportStep, first: bool) -> list[str]:
    given = step.settings
    pads = [p for side in reversed(given.get("pads", ())) for p in side]
    match step.kind:
        case "dropout":
            return [f"F.dropout(x, {given['rate']}, self.training)"]
        case "rescale":
            return [f"x * {given['scale']} + {given['offset']}"]
        case "noise":
            return [f"x + {given['stddev']} * torch.randn_like(x) if self.training else x"]
        case "dense" | "layer_normalization" | "batch_normalization":
            return [f"self.{step.layer}(x)"]
        case "convolution" | "depthwise":
            return [*([f"F.pad(x, {pads})"] if any(pads) else []), f"self.{step.layer}(x)"]
        case "max_pool":
            before = [f'F.pad(x, {pads}, value=float("-inf"))'] if any(pads) else []
            return [*before, f"F.max_pool2d(x, {given['window']}, {given['strides']})"]
        case "average_pool" if any(pads):
            # The border does not count: a mean of zeros and ones says which share of a window is inside.
            pool = f"{given['window']}, {given['strides']})"
            inside = f"F.avg_pool2d(F.pad(torch.ones_like(x[:1]), {pads}), {pool}"
            return [f"F.avg_pool2d(F.pad(x, {pads}), {pool} / {inside}"]
        case "average_pool":
            return [f"F.avg_pool2d(x, {given['window']}, {given['strides']})"]
        case "global_average":
            return [f"x.mean(dim={(2, 3) if first else (1, 2)})"]
        case "global_max":
            return [f"x.amax(dim={(2, 3) if first else (1, 2)})"]
        case "reshape":
            return [f"x.reshape({', '.join(map(str, ('len(x)', *step.output_shape)))})"]
        case "permute":
            return [f"x.permute({(0, *given['dims'])})"]
        case "repeat":
            return [f"x[:, None].repeat(1, {given['n']}, 1)"]
        case "pad":
            return [f"F.pad(x, {pads})"]
        case "up_sampling":
            return [f'F.interpolate(x, scale_factor={given["size"]}, mode="nearest")']
        case "scale":
            return [f'x * self.{step.layer}["scale"] + self.{step.layer}["offset"]']
        case _:
            return [_activation(given, 1 if first else -1)]


def _activation(given: dict[str, Any], channels: int) -> str:
    if given["function"] != "relu":
        return _ACTIVATIONS[given["function"]].format(**given, channels=channels)
    most, slope, threshold = given.get("max_value"), given.get("negative_slope", 0.0), given.get("threshold", 0.0)
    if slope or threshold:
        text = f"torch.where(x >= {threshold}, x, {slope} * (x - {threshold}))"
        return text if most is None else f"{text}.clamp(max={most})"
    return "F.relu(x)" if most is None else f"x.clamp(0, {most})"


def _head_lines(head: Head) -> list[str]:
    lines = ["@torch.no_grad()", "def predict(images):", '    """The probabilities, calibrated, (batch, labels)."""']
    if head.kind == "values":
        lines[2] = '    """The values, (batch, 1)."""'
    lines.append('    z = NETWORK(torch.as_tensor(np.asarray(images, "float32")))')
    if head.shift or head.temperature != 1:
        lines.append(f"    z = (z + {head.shift!r}) / {head.temperature!r}")
    ends = {"softmax": "torch.softmax(z, dim=1)", "sigmoid": "torch.sigmoid(z)", "values": "z"}
    if head.kind == "open_set":
        lines.append('    # One more logit of 0 is "none of them"; its share is spread evenly over all.')
        lines.append("    q = torch.softmax(F.pad(z, (0, 1)), dim=1)")
        lines.append("    p = q[:, :-1] + q[:, -1:] / z.shape[1]")
    else:
        lines.append(f"    p = {ends[head.kind]}")
    lines.append("    return torch.cat([1 - p, p], dim=1).numpy()" if head.both else "    return p.numpy()")
    if head.threshold is not None:
        lines += ["", "", "@torch.no_grad()", "def refused(images):"]
        lines += ['    """Which images are none of the labels, (batch,)."""']
        lines += ['    z = NETWORK(torch.as_tensor(np.asarray(images, "float32")))']
        lines += [f"    return (torch.logsumexp(z, dim=1) < {head.threshold!r}).numpy()"]
    return lines
