"""Temperature and threshold for a model that trains on everybody: the means of its calibration folds'.

A model's calibration is fitted on digits of writers that it has never met. The shipped model trains on all the writers
there are, so nobody is left to fit it on; but each of its calibration folds (the same recipe with some writers held
out) has a calibration that was fitted on writers it never met, and their mean is what a stranger may expect.
"""

import math
from collections.abc import Sequence

from engine.errors import ConfigurationError, ModelFileError
from engine.evaluation.calibration import Calibration
from engine.storage.model_file import load_model
from models.presets.preset import ModelPreset


def cross_fold_calibration(paths: Sequence[str], preset: ModelPreset) -> Calibration:
    """The mean threshold and the mean temperature (a factor, so the geometric mean) of calibration folds.

    Args:
        paths: model files of calibration folds, at least one, saved by `train --recipe full --fold K`.
        preset: what is going to be trained; the folds have to be of the same one, as logits of different
            networks don't compare.

    Raises:
        ConfigurationError: no file is given, or the preset has no rule of rejection.
        ModelFileError: a file cannot be read, is of another preset, or has no threshold; one sentence that names it.
    """
    if not paths:
        raise ConfigurationError("A calibration of folds needs at least one model file.", "calibration_of")
    if not preset.can_reject:
        raise ConfigurationError(
            f"{preset.title} is not trained to refuse drawings, so it has no calibration to take over.",
            "calibration_of",
        )
    thresholds, temperatures = [], []
    for path in paths:
        fold = load_model(path)
        if fold.name != preset.name:
            raise ModelFileError(
                f"{path}: this is a calibration fold of {fold.name}, whose calibration does not fit {preset.name}."
            )
        if fold.calibration.threshold is None:
            raise ModelFileError(
                f"{path}: this model refuses nothing, so it has no calibration to take over; "
                f"calibration folds come from train --recipe full --fold K."
            )
        thresholds.append(fold.calibration.threshold)
        temperatures.append(fold.calibration.temperature)
    log_temperature = math.fsum(map(math.log, temperatures)) / len(temperatures)
    return Calibration(math.exp(log_temperature), math.fsum(thresholds) / len(thresholds))
