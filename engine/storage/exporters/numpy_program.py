"""A program in NumPy alone that a person can read from top to bottom, with its weights beside it."""

import runpy
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from engine.core.parameters import FloatArray
from engine.storage.exporters.exporter import ExportedAnswer, Exporter, docstring, labels_line, main_part, save_program
from engine.storage.exporters.steps import ExportPlan, ExportStep, Head

# How each activation is written, x being the input.
_ACTIVATIONS = {
    "relu6": "np.clip(x, 0, 6)",
    "leaky_relu": "np.where(x > 0, x, {negative_slope} * x)",
    "sigmoid": "0.5 * (1 + np.tanh(0.5 * x))",
    "tanh": "np.tanh(x)",
    "softplus": "np.logaddexp(0, x)",
    "elu": "np.where(x > 0, x, {alpha} * np.expm1(np.minimum(x, 0)))",
    "selu": "1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0)))",
    "celu": "np.where(x > 0, x, np.expm1(np.minimum(x, 0)))",
    "gelu": "0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))",
    "silu": "x * 0.5 * (1 + np.tanh(0.5 * x))",
    "hard_silu": "x * np.clip(x / 6 + 0.5, 0, 1)",
    "hard_sigmoid": "np.clip(x / 6 + 0.5, 0, 1)",
    "log_sigmoid": "-np.logaddexp(0, -x)",
    "softsign": "x / (1 + np.abs(x))",
    "mish": "x * np.tanh(np.logaddexp(0, x))",
    "exponential": "np.exp(x)",
    "softmax": "softmax(x)",
}

_WINDOWS = '''
def windows(x, size, strides, pads, dilation=(1, 1), border=0.0):
    """Every window of images (batch, height, width, channels): (batch, down, across, channels, *size)."""
    x = np.pad(x, ((0, 0), *pads, (0, 0)), constant_values=border)
    span = [(k - 1) * d + 1 for k, d in zip(size, dilation)]
    seen = np.lib.stride_tricks.sliding_window_view(x, span, axis=(1, 2))
    return seen[:, :: strides[0], :: strides[1], :, :: dilation[0], :: dilation[1]]
'''
SOFTMAX = '''
def softmax(z):
    """e^z over its sum along the last axis."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
'''
_FUNCTIONS = {
    "convolution": '''
def convolution(x, kernel, bias, strides, pads, dilation):
    """The sum of kernel (height, width, in, out) times every window, plus the bias."""
    seen = windows(x, kernel.shape[:2], strides, pads, dilation)
    columns = seen.transpose(0, 1, 2, 4, 5, 3).reshape(*seen.shape[:3], -1)
    return columns @ kernel.reshape(-1, kernel.shape[3]) + bias
''',
    "depthwise": '''
def depthwise(x, kernel, bias, strides, pads, dilation):
    """Each channel times its own kernels: kernel (height, width, in, multiplier)."""
    seen = windows(x, kernel.shape[:2], strides, pads, dilation)
    sums = np.einsum("nyxcij,ijcm->nyxcm", seen, kernel)
    return sums.reshape(*sums.shape[:3], -1) + bias
''',
    "max_pool": '''
def max_pool(x, size, strides, pads):
    """The largest of every window."""
    return windows(x, size, strides, pads, border=-np.inf).max(axis=(4, 5))
''',
    "average_pool": '''
def average_pool(x, size, strides, pads):
    """The mean of every window; the border does not count."""
    inside = windows(np.ones_like(x[:1]), size, strides, pads).sum(axis=(4, 5))
    return windows(x, size, strides, pads).sum(axis=(4, 5)) / inside
''',
    "layer_normalization": '''
def layer_normalization(x, gamma, beta, epsilon):
    """Each example's channels brought to mean 0 and variance 1."""
    x = x - x.mean(axis=-1, keepdims=True)
    return gamma * x / np.sqrt(np.square(x).mean(axis=-1, keepdims=True) + epsilon) + beta
''',
    "softmax": SOFTMAX,
}
_IMAGES_AT_ONCE = 50
_WINDOWED = ("convolution", "depthwise", "max_pool", "average_pool")


class NumpyProgram(Exporter):
    """See the module."""

    key: ClassVar[str] = "numpy"
    title: ClassVar[str] = "NumPy program"
    suffix: ClassVar[str] = ".py"

    def write(self, plan: ExportPlan, path: Path) -> list[Path]:
        """The program and its `.npz`; raises `OSError`."""
        uses = f"python {path.name} digit.png … tells the digits; it needs NumPy, and DigitLab to read pictures.\n"
        uses += "From other programs: predict(images) gives the probabilities."
        body = "\n".join(self._body(plan))
        wanted = {step.kind for step in plan.steps} & set(_FUNCTIONS)
        wanted |= {"softmax"} if "softmax(" in body else set()
        lines = docstring(plan, uses)
        lines += ["import math"] if "math." in body else []
        lines += ["from pathlib import Path", "", "import numpy as np", ""]
        lines += ['WEIGHTS = dict(np.load(Path(__file__).with_suffix(".npz")))', labels_line(plan), ""]
        lines += [*_WINDOWS.splitlines(), ""] if wanted & set(_WINDOWED) else []
        for kind in _FUNCTIONS:
            lines += [*_FUNCTIONS[kind].splitlines(), ""] if kind in wanted else []
        return save_program(path, [*lines, body, *main_part()], plan, plan.weights)

    def ask(self, path: Path, images: FloatArray) -> ExportedAnswer:
        """Runs the program that was just written."""
        program = runpy.run_path(str(path))
        # A few at a time: the program copies every window of every image.
        parts = np.array_split(images, max(1, len(images) // _IMAGES_AT_ONCE))
        probabilities = np.concatenate([program["predict"](part) for part in parts])
        refused = np.concatenate([program["refused"](part) for part in parts]) if "refused" in program else None
        return ExportedAnswer(probabilities, refused, f"NumPy {np.__version__}")

    def _body(self, plan: ExportPlan) -> list[str]:
        lines = ["", "def logits(images):", '    """The last layer\'s outputs for images (batch, 20, 20)."""']
        lines.append('    x = np.asarray(images, "float32")')
        for step in plan.steps:
            shape = ", ".join(map(str, step.output_shape))
            lines += [f"    # {step.layer}: (batch, {shape})", f"    x = {expression(step)}"]
        return [*lines, "    return x", "", "", *head_lines(plan.head)]


def expression(step: ExportStep) -> str:
    """One step as an expression of x in NumPy."""
    held = {name: f'WEIGHTS["{step.layer}.{name}"]' for name in step.weights}
    given = step.settings
    match step.kind:
        case "dense":
            return f"x @ {held['kernel']} + {held['bias']}"
        case "convolution" | "depthwise":
            rest = f"{given['strides']}, {given['pads']}, {given['dilation']}"
            return f"{step.kind}(x, {held['kernel']}, {held['bias']}, {rest})"
        case "max_pool" | "average_pool":
            return f"{step.kind}(x, {given['window']}, {given['strides']}, {given['pads']})"
        case "global_average":
            return "x.mean(axis=(1, 2))"
        case "global_max":
            return "x.max(axis=(1, 2))"
        case "reshape":
            return f"x.reshape({', '.join(map(str, ('len(x)', *step.output_shape)))})"
        case "permute":
            return f"x.transpose({(0, *given['dims'])})"
        case "repeat":
            return f"np.repeat(x[:, None], {given['n']}, axis=1)"
        case "pad":
            return f"np.pad(x, ((0, 0), {given['pads'][0]}, {given['pads'][1]}, (0, 0)))"
        case "up_sampling":
            return f"x.repeat({given['size'][0]}, axis=1).repeat({given['size'][1]}, axis=2)"
        case "scale":
            return f"x * {held['scale']} + {held['offset']}"
        case "layer_normalization":
            return f"layer_normalization(x, {held['gamma']}, {held['beta']}, {given['epsilon']})"
        case _:
            return _activation(given)


def _activation(given: dict[str, Any]) -> str:
    if given["function"] == "relu":
        return _relu(given.get("max_value"), given.get("negative_slope", 0.0), given.get("threshold", 0.0))
    return _ACTIVATIONS[given["function"]].format(**given)


def _relu(most: float | None, slope: float, threshold: float) -> str:
    if slope or threshold:
        text = f"np.where(x >= {threshold}, x, {slope} * (x - {threshold}))"
        return text if most is None else f"np.minimum({text}, {most})"
    return "np.maximum(x, 0)" if most is None else f"np.clip(x, 0, {most})"


def head_lines(head: Head, logits: str = "logits(images)") -> list[str]:
    """`predict(images)`, and `refused(images)` where there is a rule, in NumPy on top of what gives the logits."""
    lines = ["def predict(images):", '    """The probabilities, calibrated, (batch, labels)."""', f"    z = {logits}"]
    if head.kind == "values":
        lines[1] = '    """The values, (batch, 1)."""'
    if head.shift or head.temperature != 1:
        lines.append(f"    z = (z + {head.shift!r}) / {head.temperature!r}")
    if head.kind == "softmax":
        lines.append("    p = softmax(z)")
    elif head.kind == "sigmoid":
        lines.append("    p = 0.5 * (1 + np.tanh(0.5 * z))")
    elif head.kind == "open_set":
        lines.append('    # One more logit of 0 is "none of them"; its share is spread evenly over all.')
        lines.append("    q = softmax(np.pad(z, ((0, 0), (0, 1))))")
        lines.append("    p = q[:, :-1] + q[:, -1:] / z.shape[1]")
    else:
        lines.append("    p = z")
    lines.append("    return np.concatenate([1 - p, p], axis=1)" if head.both else "    return p")
    if head.threshold is not None:
        lines += ["", "", "def refused(images):", '    """Which images are none of the labels, (batch,)."""']
        lines += [f"    z = {logits}", "    top = z.max(axis=1)"]
        lines += ["    energy = top + np.log(np.exp(z - top[:, None]).sum(axis=1))"]
        lines += [f"    return energy < {head.threshold!r}"]
    return lines
