"""`train`: train a preset and, if asked, save the model."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.errors import ConfigurationError
from engine.training.config import TrainingConfig
from models.cli.data_options import add_reading, read_options, read_told
from models.cli.output import write_note
from models.cli.parsing import Parser, Subparsers, add_json, whole_number
from models.cli.presets import add_preset, find_preset
from models.cli.saving import SavePlace
from models.cli.streams import output_is_lost
from models.cli.training_settings import SETTINGS, make_config
from models.presets.preset import ModelPreset

if TYPE_CHECKING:
    from engine.core.parameters import FloatArray
    from engine.evaluation.calibration import Calibration
    from engine.storage.runs.run_folder import RunFolder
    from engine.training.knobs import KnobChange
    from models.recipes.full_recipe import RecipeData


def add_parser(subparsers: Subparsers) -> None:
    """Add `train` with its options; a setting that is not given is the preset's own."""
    parser: Parser = subparsers.add_parser("train", help="train a preset", description="Train a preset.")
    add_preset(parser)
    parser.add_argument(
        "--data",
        action="append",
        metavar="PATH",
        help="digits to learn from (default: the bundled ones); may be given more than once with --recipe full",
    )
    add_reading(parser)
    parser.add_argument(
        "--recipe",
        choices=("plain", "full"),
        default="plain",
        help="full: images, varied pen strokes and writing styles together (docs/recognition.md)",
    )
    parser.add_argument(
        "--fold",
        type=whole_number,
        metavar="K",
        help="with --recipe full: hold out writers K, K + 5, …, and validate on them",
    )
    parser.add_argument(
        "--hold-out-images",
        type=whole_number,
        metavar="N",
        default=0,
        help="with --recipe full: leave out the last N images",
    )
    parser.add_argument(
        "--hold-out-source",
        action="append",
        metavar="PATH",
        help="with --recipe full: leave out this one of the --data whole; may be given more than once",
    )
    parser.add_argument(
        "--calibration-of",
        action="append",
        metavar="FILE",
        help="with --recipe full: take temperature and threshold from this calibration fold (a model trained "
        "with --fold, --hold-out-images or --hold-out-source) instead of fitting them; may be given more than once for "
        "the mean of several",
    )
    parser.add_argument(
        "--examples",
        type=whole_number,
        metavar="N",
        help="learn from N of the training digits only, drawn with the seed",
    )
    parser.add_argument(
        "--start-from",
        metavar="FILE",
        help="begin with the weights of this model of the same preset, not with fresh ones",
    )
    parser.add_argument(
        "--digits", nargs=2, type=whole_number, metavar=("A", "B"), help="the two digits that logistic tells apart"
    )
    for option, settings in SETTINGS.items():
        parser.add_argument(option, default=None, **settings)
    parser.add_argument(
        "--save",
        metavar="FILE",
        help="write the trained model to this file (.safetensors), also "
        "after each epoch; beside it, as NAME.unfinished.safetensors, while it holds an older model",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train; 0 when done, 2 when the settings made training diverge.

    When interrupted, the weights are saved: 130 (Ctrl-C), 143 (SIGTERM) or 129 (SIGHUP).

    Raises:
        ConfigurationError: the settings made training diverge, or do not fit the preset.
    """
    preset = find_preset(arguments.preset)
    if arguments.digits is not None:
        preset = preset.with_digits(*arguments.digits)
    config = make_config(arguments, preset)
    return train(arguments, preset, config)


def train(
    arguments: argparse.Namespace,
    preset: ModelPreset,
    config: TrainingConfig,
    resumed: "RunFolder | None" = None,
    changes: "Sequence[KnobChange]" = (),
) -> int:
    """Train with these settings, and keep the run; `resumed` is one that goes on exactly. Gives what `run` gives.

    `changes` are the turns of knobs of a run that is repeated.

    Raises:
        ConfigurationError: as `run`.
    """
    place = None if arguments.save is None else SavePlace(arguments.save)
    given_calibration = _given_calibration(arguments, preset)
    first_weights = _first_weights(arguments, preset)

    # From here on it is known that there is work to do.
    import numpy as np

    from engine.storage.runs.run_recorder import RunRecorder
    from engine.training.messages import TrainingControl, TrainingMonitor
    from engine.training.trainer import Trainer, task_of
    from models.cli.kept_arguments import remembered
    from models.cli.training_report import make_report
    from models.cli.watched_training import run_watched
    from models.recipes.epoch_copies import EpochCopies, UnfinishedModel
    from models.recipes.epoch_files import EpochFiles
    from models.recipes.full_recipe import vary_digit_images
    from models.recipes.kept_runs import begin_recording, run_data
    from models.recipes.refusal import fit_refusal, with_negatives
    from models.recipes.training_summary import training_summary

    monitor, control = TrainingMonitor(), TrainingControl()
    network = preset.build(config.seed, refuse=config.refuse)
    if first_weights is not None:
        network.set_weights(first_weights)
    augment = preset.possible_augmentation(config)
    if augment is not None and arguments.recipe == "full":
        augment = vary_digit_images
    data = _digits(arguments, preset, config)
    rng = np.random.default_rng(config.seed)
    examples, held_out = preset.prepare(data.training, rng), preset.prepare(data.validation, rng)
    digits, negatives = len(examples[0]), len(data.negatives) if config.refuse else 0
    examples = with_negatives(examples, data.negatives[:negatives])
    data_name, count = data.training.name, len(examples[0])
    describe = UnfinishedModel(preset, network, data_name, count)
    copies = [] if place is None else [EpochCopies(place.keep, describe)]
    recorder = RunRecorder(describe, write_note)
    files = EpochFiles(config, task_of(network), describe, write_note)
    callbacks = [*copies, files, recorder]
    trainer = Trainer(
        network, config, callbacks=callbacks, monitor=monitor, control=control, augment=augment, changes=changes
    )
    learned_from = run_data(preset, data.training, data.validation, remembered(arguments))
    with recorder:
        begin_recording(recorder, trainer, preset, config, learned_from, resumed)
        report = make_report(preset, config, as_json=arguments.json)
        report.begin(digits, len(held_out[0]), negatives)
        finished, code = run_watched(
            lambda: trainer.fit(*examples, held_out),
            monitor,
            control,
            report,
            # A model in a file is worth training for, lines that nobody reads are not.
            in_vain=lambda: place is None and output_is_lost(),
        )
        if finished.reason == "diverged":
            kept = f" The model of the last whole epoch is in {place.unfinished}." if place and place.kept else ""
            raise ConfigurationError(f"{finished.message}{kept}")
        model = None
        if trainer.run.state.step:
            summary = training_summary(config, finished, data=data_name, images=count)
            model = preset.model(network, summary)
            if given_calibration is not None and config.refuse:
                model.calibration = given_calibration
                model.training["calibrated_on"] = f"calibration folds: {len(arguments.calibration_of)}"
            else:
                fit_refusal(model, preset, data.held_out)
            recorder.keep_model(model)
    if model is not None and place is not None:
        place.save(model, recorder.kept_as)
    report.end(finished, place.path if place and model else None, recorder.kept_as)
    return code


def _given_calibration(arguments: argparse.Namespace, preset: ModelPreset) -> "Calibration | None":
    """The calibration of the folds that the command line names; None when it names none."""
    if arguments.calibration_of is None:
        return None
    if arguments.recipe != "full":
        raise ConfigurationError("--calibration-of belongs to --recipe full.", "calibration_of")
    from models.recipes.cross_fold_calibration import cross_fold_calibration

    return cross_fold_calibration(arguments.calibration_of, preset)


def _first_weights(arguments: argparse.Namespace, preset: ModelPreset) -> "list[FloatArray] | None":
    """The weights of the model that the command line says to start from; None where it names none."""
    if arguments.start_from is None:
        return None
    from engine.storage.model_file import load_model

    model = load_model(arguments.start_from)
    if model.name != preset.name:
        raise ConfigurationError(
            f"{arguments.start_from}: this is a model of {model.name}, whose weights do not fit {preset.name}.",
            "start_from",
        )
    return model.network.get_weights()


def _digits(arguments: argparse.Namespace, preset: ModelPreset, config: TrainingConfig) -> "RecipeData":
    """Training digits, validation digits and, where the recipe has them, drawings that are no digit."""
    paths: list[str] = arguments.data or []
    if arguments.recipe == "full":
        if arguments.examples is not None:
            raise ConfigurationError("--examples belongs to --recipe plain.", "examples")
        from models.recipes.full_recipe import HeldOut, full_recipe

        options = read_options(arguments, "train")
        held = HeldOut(arguments.fold, arguments.hold_out_images, tuple(arguments.hold_out_source or ()))
        data = full_recipe(paths, held, config.seed, options=options)
        return replace(
            data,
            training=preset.select(data.training),
            validation=preset.select(data.validation),
            left_out=tuple(preset.select(group) for group in data.left_out),
        )
    if len(paths) > 1 or arguments.fold is not None or arguments.hold_out_images or arguments.hold_out_source:
        raise ConfigurationError(
            "Several --data, --fold, --hold-out-images and --hold-out-source belong to --recipe full.", "recipe"
        )
    from models.recipes.full_recipe import RecipeData
    from models.recipes.refusal import negatives_for
    from models.recipes.training_data import fewer_examples, training_data

    read = (paths[0], read_told(arguments, paths[0], "train").dataset()) if paths else ()
    training, validation = training_data(preset, *read)
    if arguments.examples is not None:
        training = fewer_examples(training, arguments.examples, config.seed)
    return RecipeData(training, validation, negatives_for(config, len(training)))
