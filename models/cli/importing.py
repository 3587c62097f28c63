"""`import`: a model of another program, or weights for a preset, as a model file."""

import argparse
from pathlib import Path

from engine.errors import ModelFileError
from models.cli.output import write_json, write_line
from models.cli.parsing import Parser, Subparsers, add_json
from models.cli.saving import SavePlace

LAYOUTS = ("keras", "pytorch")
FLATTEN_ORDERS = ("channels-first", "channels-last")


def add_parser(subparsers: Subparsers) -> None:
    """Add `import` with its options."""
    parser: Parser = subparsers.add_parser(
        "import",
        help="take in a model of another program",
        description="Read an ONNX file (a plain stack of dense, convolutional and similar layers), or weights in a "
        ".npz or safetensors file for the layers of a preset or of a model file, and save it as a model. Weights are "
        "found by the layers' names, in order, or by their shapes, and turned from Keras' or PyTorch's layout. What "
        "export wrote is read without more. Nothing in a file is executed. With --json one object: "
        '{"file", "saved", "layers", "parameters", "accuracy", "told"}; the accuracy is that on 1,000 digits.',
    )
    parser.add_argument("file", metavar="FILE", help=".onnx, .npz or .safetensors")
    parser.add_argument("--save", required=True, metavar="FILE", help="the model file to write")
    parser.add_argument(
        "--architecture", metavar="NAME|FILE", help="a preset, or a model file, whose layers the weights are for"
    )
    parser.add_argument(
        "--layout", choices=LAYOUTS, default="", help="whose matrices they are (default: found out by names and shapes)"
    )
    parser.add_argument(
        "--flatten-order",
        choices=FLATTEN_ORDERS,
        default="",
        help="how images were flattened for the weights (default: channels-first for PyTorch's)",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, ask, save and tell; 0.

    Raises:
        ModelFileError: the file holds weights alone, and nobody said for which layers.
    """
    from models.recipes.importing import ArchitectureNeededError, ImportWish, architecture_of, bring_in

    place = SavePlace(arguments.save)
    wanted = arguments.architecture
    wish = ImportWish(None if wanted is None else architecture_of(wanted), arguments.layout, arguments.flatten_order)
    try:
        brought = bring_in(Path(arguments.file), wish)
    except ArchitectureNeededError:
        raise ModelFileError(
            f"{arguments.file} holds weights alone: say for which layers, with --architecture and a preset or "
            "a model file."
        ) from None
    place.save(brought.model)
    if arguments.json:
        network = brought.model.network
        write_json(
            {
                "file": arguments.file,
                "saved": arguments.save,
                "layers": len(network.layers),
                "parameters": sum(parameter.value.size for parameter in network.store.parameters),
                "accuracy": brought.accuracy,
                "told": brought.told,
            }
        )
    else:
        write_line(f"{brought.told} Saved {Path(arguments.save).name}.")
    return 0
