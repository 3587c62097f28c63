"""Writes docs/keras.md: every public name of the installed Keras beside what `from engine import keras` gives.

Run it as `KERAS_BACKEND=torch python docs/make_keras_table.py` where Keras is installed.
"""

import inspect
import os
from pathlib import Path
from typing import get_type_hints

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras as theirs

from engine import keras as ours

MODULES = (
    "layers", "losses", "metrics", "optimizers", "optimizers.schedules", "activations", "initializers", "regularizers",
    "constraints", "callbacks", "utils", "models", "ops", "random", "backend",
)  # fmt: skip
WHY_NOT = {
    "layers": "not written here: a class with `call` can be",
    "losses": "not written here",
    "metrics": "not written here",
    "optimizers": "not written here",
    "activations": "not written here",
    "callbacks": "belongs to Keras' own tools",
    "utils": "handles files, plots or devices of Keras",
    "models": "not written here",
    "ops": "not written here; NumPy's own functions are recorded, too",
    "random": "not written here",
}
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
            yield name, "not there: " + WHY_NOT.get(dotted.split(".")[0], "not written here")
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
