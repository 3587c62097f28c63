"""The options of `train` that are settings of the training."""

import argparse
from dataclasses import replace
from typing import Any

from engine.training.config import TrainingConfig
from models.cli.parsing import number, whole_number
from models.presets.preset import ModelPreset

# Each a setting of `TrainingConfig` under the same name.
SETTINGS: dict[str, dict[str, Any]] = {
    "--epochs": {"type": whole_number, "metavar": "N", "help": "passes over the training digits"},
    "--batch-size": {"type": whole_number, "metavar": "N", "help": "digits in one step"},
    "--optimizer": {
        "metavar": "NAME",
        "help": "gradient_descent, momentum, nesterov, rmsprop, adam, adamw or lbfgs",
    },
    "--learning-rate": {"type": number, "metavar": "X", "help": "step size"},
    "--momentum": {"type": number, "metavar": "X", "help": "for momentum and nesterov, 0 to 1"},
    "--weight-decay": {"type": number, "metavar": "X", "help": "for adamw: how much every weight shrinks in a step"},
    "--schedule": {"metavar": "NAME", "help": "how the learning rate changes: constant, step, cosine, one_cycle, …"},
    "--schedule-settings": {"metavar": "NAME=X …", "help": 'of the schedule, such as "factor=0.5 patience=3"'},
    "--stopping-settings": {"metavar": "NAME=X …", "help": 'such as "monitor=val_accuracy min_delta=0.001"'},
    "--csv-settings": {
        "metavar": "NAME=X …",
        "help": 'a table of the epochs, such as "filename=epochs.csv separator=;"',
    },
    "--checkpoint-settings": {
        "metavar": "NAME=X …",
        "help": 'the model after epochs, such as "filepath={epoch}.safetensors save_best_only=yes"',
    },
    "--metrics": {"metavar": "NAME …", "help": 'further metrics, such as "macro_f1 calibration_error"'},
    "--l1": {"type": number, "metavar": "X", "help": "weight of the penalty on the sum of |w|"},
    "--l2": {"type": number, "metavar": "X", "help": "weight of the penalty on the sum of w²"},
    "--clip-norm": {"type": number, "metavar": "X", "help": "longest gradient"},
    "--patience": {
        "type": whole_number,
        "metavar": "N",
        "help": "stop after N epochs without a better metric, usually the validation loss",
    },
    "--tolerance": {"type": number, "metavar": "X", "help": "stop when an epoch improves the training loss by less"},
    "--restore-best": {"action": argparse.BooleanOptionalAction, "help": "end with the weights of the best epoch"},
    "--augment": {"action": argparse.BooleanOptionalAction, "help": "vary the training digits a little in every epoch"},
    "--refuse": {
        "action": argparse.BooleanOptionalAction,
        "help": "mix in drawings that are no digit, so that the model learns to refuse them",
    },
    "--seed": {"type": whole_number, "metavar": "N", "help": "of every random draw; equal seeds give equal weights"},
    "--threads": {"type": whole_number, "metavar": "N", "help": "worker threads, 0 for a good default"},
}


def make_config(arguments: argparse.Namespace, preset: ModelPreset) -> TrainingConfig:
    """The preset's settings for the optimizer, with those that the command line gives; raises `ConfigurationError`."""
    fields = [option.removeprefix("--").replace("-", "_") for option in SETTINGS]
    given = {field: getattr(arguments, field) for field in fields if getattr(arguments, field) is not None}
    return replace(preset.settings(given.get("optimizer", preset.defaults.optimizer)), **given)
