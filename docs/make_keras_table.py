"""Writes docs/keras.md: every public name of the installed Keras beside what `from engine import keras` gives.

Run it as `KERAS_BACKEND=torch python docs/make_keras_table.py` where Keras is installed.
"""

import inspect
import os
import re
from pathlib import Path
from typing import get_type_hints

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras as theirs

from engine import keras as ours

MODULES = (
    "layers", "losses", "metrics", "optimizers", "optimizers.schedules", "activations", "initializers", "regularizers",
    "constraints", "callbacks", "utils", "models", "ops", "random", "backend",
)  # fmt: skip
# Module and pattern → why there is no such name; the first that fits counts.
WHY_NOT = (
    ("layers", r".*3D.*|.*Volume.*", "volumes: digits are flat pictures"),
    ("layers", r".*Spectrogram|.*STFT.*", "sounds"),
    ("layers", r"Adaptive.*", "windows here have fixed sizes; `Resizing` before `AveragePooling2D` gives as many places"),
    ("layers", r"(Depthwise|Separable)Conv.*1D|Conv.*1DTranspose|SeparableConvolution1D", "`Reshape` and the layer over pictures do it"),
    ("layers", r".*Cell.*|RNN|ConvLSTM.*", "steps of one's own: `SimpleRNN`, `LSTM` and `GRU` are there whole"),
    ("layers", r"Masking", "there are no masks: cut sequences to one length"),
    ("layers", r"EinsumDense|ReversibleEmbedding|GroupQueryAttention", "language models: a class with `call` and `ops.einsum` does it"),
    ("layers", r"Hash.*", "numbers by hash differ from program to program: `StringLookup`"),
    ("layers", r"Random.*|AugMix|AutoContrast|Contrast.*|CutMix|Equalization|MixUp|RandAugment|Solarization|MaxNumBoundingBoxes", "changes of colored photographs and boxes: `tf.image` or a class with `call`"),
    ("layers", r"Flax.*|Jax.*|TFSM.*|Torch.*", "wraps layers of another program"),
    ("layers", r".*", "Keras' own machinery, or a rare layer: a class with `call` does it"),
    ("losses|metrics", r".*[Cc]tc.*|CTC", "sequences whose places are not known"),
    ("losses|metrics", r".*[Ii][Oo]U", "`MeanIoU` has the figures of each class"),
    ("losses|metrics", r".*", "rare: a function of targets and outputs does it"),
    ("optimizers", r"LossScale.*|OptimizerMap|Multi.*", "half precision, or several optimizers at once: not here"),
    ("optimizers", r".*", "rare: a step of one's own with `tf.GradientTape` does it"),
    ("activations", r".*", "rare: a function of arrays does it"),
    ("initializers|regularizers|constraints", r".*[Ss][Tt][Ff][Tt].*", "sounds"),
    ("initializers|regularizers|constraints", r".*erialize", "a kind and its settings: `get`"),
    ("initializers|regularizers|constraints", r".*", "rare: a function of a shape, or of weights, does it"),
    ("callbacks", r".*", "writes for other programs: a subclass of `Callback` does it"),
    ("utils", r".*(audio|text)_dataset.*", "sounds and folders of texts"),
    ("utils", r".*interactive_logging.*|.*model_to_dot|get_source_inputs|is_keras_tensor|standardize_dtype|.*pack_x_y.*|Config|FeatureSpace", "Keras' own machinery"),
    ("utils|models", r".*", "not written here"),
    ("ops", r".*fft.*|.*stft.*|bartlett|blackman|hamming|hanning|kaiser", "waves and sounds"),
    ("ops", r"bitwise.*|.*_shift|gcd|lcm|signbit|nextafter|ldexp", "bits and whole numbers"),
    ("ops", r"nan.*", "numbers that are missing: `where` with `isnan`"),
    ("ops", r"conv.*|.*conv|.*_pool|depth_to_space|space_to_depth|.*_normalization|dot_product_attention", "`keras.layers` and `tf.nn` have it"),
    ("ops", r"cholesky.*|eig.*|lstsq|lu_factor|pinv|qr|slogdet|solve_triangular|svd|logdet|matrix_rank", "`tf.linalg` has it"),
    ("ops", r"segment.*|scatter.*|searchsorted|unravel_index|unique|in_top_k|moments|slice.*|scan|while_loop|cond|map|vectorized_map|switch|rsqrt|erf.*|divide_no_nan", "`tf` has it under its own name"),
    ("ops", r"real|imag|conj.*|angle|polar|view.*|isreal", "complex numbers"),
    ("ops", r".*", "NumPy's own function takes tensors, and many are recorded"),
    ("random", r".*", "`tf.random` or NumPy's generators"),
    ("backend", r".*", "Keras' own machinery"),
)  # fmt: skip
INTRODUCTION = """# Keras, name by name

Compared with Keras {version} by `docs/make_keras_table.py`, by names, arguments and defaults.
What is “same” here gives Keras’ numbers: `tests/engine/oracle/test_keras_every_name.py` asks every layer, loss,
metric, optimizer, schedule and callback, and agrees to 1e-9 in float64 after 20 steps; metrics, some of which Keras
gathers in float32, to 1e-6.

Everywhere: layers, models, losses, metrics, activations, penalties and constraints may be classes or functions
of one’s own, which use NumPy, `keras.ops` or `tf`; they run whole, on one thread. So do `activity_regularizer`,
`add_loss`, `train_step` and `test_step`. Files are safetensors and hold no code: they name classes of one’s own, which
`register_keras_serializable` or `custom_objects` give, and a path that ends in `.keras` or `.h5` is refused.
Inputs whose length is given as None are taken in any length. `network.loss` is an object. An
evaluation is computed as a whole before callbacks hear of its batches. Recurrent layers are there and slow.
Gradients of gradients go through functions and `Dense`; through other layers they are refused, as is a gradient
through a function that has no rule, by name. `ModelCheckpoint` writes a .safetensors file where the name ends as
Keras’ do, and says so.

`from engine import tf` stands for `import tensorflow as tf`: `tf.keras`, `tf.nn`, `tf.math`, `tf.linalg`,
`tf.random`, `tf.image`, `tf.io`, `tf.strings`, `tf.data.Dataset`, `tf.GradientTape`, `tf.Module`, `tf.Variable`, and
the functions of arrays. Data sets are read from Keras’ folder on this machine, or a sentence says where to put them;
without `mnist.npz` the bundled digits stand in, several times each, and a warning says so.
"""
# Arguments that have no meaning here and may be left out without another word.
QUIET = {"kwargs", "args", "self"}


def why_not(where, name):
    """The reason of the first pattern that fits."""
    return next(
        reason for part, pattern, reason in WHY_NOT if re.fullmatch(part, where) and re.fullmatch(pattern, name)
    )


def module(root, dotted):
    for part in dotted.split("."):
        root = getattr(root, part, None)
    return root


def arguments(thing):
    """Names and defaults; a `**options` is spelled out."""
    try:
        parameters = inspect.signature(thing).parameters
    except (TypeError, ValueError):
        return {}
    found = {}
    for name, parameter in parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            function = thing.__init__ if inspect.isclass(thing) else thing
            options = getattr(function, "__annotations__", {}).get(name)
            spelled = getattr(options, "__args__", (None,))[0]
            found |= dict.fromkeys(get_type_hints(spelled) if spelled is not None else {}, None)
        elif name not in QUIET:
            found[name] = parameter.default
    return found


def same_default(one, other):
    def plain(value):
        return (
            tuple(value)
            if isinstance(value, list | tuple) and len(set(value)) > 1
            else (value[0] if isinstance(value, list | tuple) and value else value)
        )

    return plain(one) == plain(other) or (one in (None, "") and other in (None, ""))


def takes_anything(thing):
    """Whether it hands on all keywords, as losses written as functions do."""
    function = thing.__init__ if inspect.isclass(thing) else thing
    return "**named" in str(inspect.signature(function)) or "**settings" in str(inspect.signature(function))


def difference(their, own):
    """In words, or an empty text."""
    if isinstance(their, type) != isinstance(own, type):
        return ""
    left, right = arguments(their), arguments(own)
    if not left or not right:
        return ""
    if not isinstance(their, type):
        # What comes first is given by its place.
        left, right = dict(list(left.items())[1:]), dict(list(right.items())[1:])
    words = []
    missing = [] if takes_anything(own) else [name for name in left if name not in right and name not in QUIET]
    if missing:
        words.append("without " + ", ".join(missing))
    defaults = [
        name
        for name, value in left.items()
        if name in right
        and right[name] is not None
        and value is not inspect.Parameter.empty
        and repr(right[name]) != "<no value>"
        and not same_default(value, right[name])
    ]
    if defaults:
        words.append("another default: " + ", ".join(defaults))
    return "; ".join(words)


def rows(dotted):
    left, right = module(theirs, dotted), module(ours, dotted)
    for name in sorted(vars(left)):
        thing = getattr(left, name)
        if name.startswith("_") or inspect.ismodule(thing) or not callable(thing):
            continue
        own = getattr(right, name, None)
        if own is None:
            yield name, "not there: " + why_not(dotted.split(".")[0], name)
        else:
            yield name, difference(thing, own) or "same"


def main():
    lines = [*INTRODUCTION.format(version=theirs.__version__).splitlines()]
    for dotted in MODULES:
        table = list(rows(dotted))
        there = sum(not said.startswith("not there") for _, said in table)
        lines += ["", f"## keras.{dotted} ({there} of {len(table)})", "", "| name | here |", "|---|---|"]
        lines += [f"| `{name}` | {said} |" for name, said in table]
    (Path(__file__).parent / "keras.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
