"""Fits a calibration fold's temperature and threshold anew, on the writers and images that it has not met.

    python tests/bench/recalibrate.py --model fold0.safetensors --fold 0 --data pen-strokes.jsonl.gz \\
        --images mnist.npz [--hold-out-images 10000] --save again.safetensors

For folds that were trained before the rule of fitting was another one: the weights stay as they are.
"""

import argparse
from dataclasses import replace

import numpy as np
from held_out import last_images, writers_of_fold
from recognition import features_of, logits_of

from engine.evaluation.calibration import fit_calibration_of_groups
from engine.losses import OpenSetCrossentropy
from engine.storage.model_file import save_model
from models import load


def main() -> None:
    """Fit, save, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, metavar="FILE")
    parser.add_argument("--fold", required=True, type=int, metavar="K")
    parser.add_argument("--data", required=True, help="drawings with the key 'writer'")
    parser.add_argument("--images", required=True, help="the images of which the last were held out")
    parser.add_argument("--hold-out-images", type=int, default=10_000, metavar="N")
    parser.add_argument("--save", required=True, metavar="FILE")
    arguments = parser.parse_args()
    model = load(arguments.model)
    drawings = [drawing for hand in writers_of_fold(arguments.data, arguments.fold).values() for drawing in hand]
    images = last_images(arguments.images, arguments.hold_out_images)
    groups = [
        (logits_of(model, features_of(drawings)), np.array([drawing.label for drawing in drawings])),
        (logits_of(model, images.images), images.labels),
    ]
    calibration = fit_calibration_of_groups(groups, OpenSetCrossentropy())
    training = model.training | {"calibrated_on": f"writers of fold {arguments.fold} and {images.name}"}
    save_model(arguments.save, replace(model, calibration=calibration, training=training))
    print(f"{arguments.model}: {model.calibration} became {calibration}")


if __name__ == "__main__":
    main()
