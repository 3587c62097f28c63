"""`gradcheck`: are the gradients of a preset right?"""

import argparse

from models.cli.output import write_json, write_line
from models.cli.parsing import Parser, Subparsers, add_json, whole_number
from models.cli.presets import add_preset, find_preset

_EXAMPLES = 8
_WRONG_GRADIENTS = 1


def add_parser(subparsers: Subparsers) -> None:
    """Add `gradcheck` with its options."""
    parser: Parser = subparsers.add_parser(
        "gradcheck",
        help="compare a preset's gradients with numeric ones",
        description="Compare backpropagation with central differences in float64, layer by layer. Exit code 1 when a "
        "layer's gradients are wrong.",
    )
    add_preset(parser)
    parser.add_argument("--seed", type=whole_number, default=0, metavar="N", help="of weights and drawn numbers")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one line a block of parameters and a verdict a layer; 0 when all are right, else 1."""
    import numpy as np

    from engine.data import bundled_split
    from engine.network.gradient_check import check_gradients
    from engine.training.config import TrainingConfig

    preset = find_preset(arguments.preset)
    seed = TrainingConfig(seed=arguments.seed).seed
    training, _ = bundled_split()
    digits = preset.select(training)
    inputs, targets = preset.prepare(digits.subset(np.arange(_EXAMPLES)), np.random.default_rng(seed))
    report = check_gradients(preset.build(seed), inputs, targets, seed=seed)
    if arguments.json:
        write_json(
            {
                "preset": preset.name,
                "passed": report.passed,
                "loss": report.loss,
                "tolerance": report.tolerance,
                "layers": report.verdicts(),
                "blocks": [
                    {
                        "layer": block.layer,
                        "kind": block.kind,
                        "parameter": block.parameter,
                        "size": block.size,
                        "checked": block.checked,
                        "error": block.error,
                        "passed": block.passed,
                    }
                    for block in report.blocks
                ],
            }
        )
    else:
        for block in report.blocks:
            write_line(
                f"{block.layer:>12} {block.parameter:<8} {block.checked:>4} of {block.size:>7,} numbers: "
                f"relative error {block.error:.1e}"
            )
        for layer, passed in report.verdicts().items():
            write_line(f"{layer}: the gradients are {'right' if passed else 'WRONG'}.")
    return 0 if report.passed else _WRONG_GRADIENTS
