"""Data sets of handwritten digits on the web: the one list of addresses."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.data.download import RemoteFile, Report, download

_MNIST: Final = "https://storage.googleapis.com/cvdf-datasets/mnist/"


@dataclass(frozen=True, slots=True)
class Source:
    """A data set on the web.

    Attributes:
        title: what a list shows.
        folder: where its files go, below the folder of downloads.
        files: all of them are needed.
    """

    title: str
    folder: str
    files: tuple[RemoteFile, ...]

    def fetch(self, downloads: Path, report: Report = lambda _share: None, timeout: float | None = None) -> Path:
        """Fetch all files; those that are there already are not fetched again.

        Args:
            downloads: the folder of downloads.
            report: hears the share that is done and may raise to end the work.
            timeout: seconds that a silent server is waited for; None for the usual time.

        Returns:
            What to read: the file, or the folder of several.

        Raises:
            DataError: one of them cannot be had.
        """
        place, count, more = downloads / self.folder, len(self.files), {} if timeout is None else {"timeout": timeout}
        paths = [
            download(file, place, lambda share, done=done: report((done + share) / count), **more)  # type: ignore[misc]
            for done, file in enumerate(self.files)
        ]
        return paths[0] if count == 1 else place


# To add a data set: its lines here, with a checksum wherever it is known. These sums are what TensorFlow Datasets and
# Keras publish of the files, and what scikit-learn's own copy has.
SOURCES: Final = (
    Source(
        "MNIST: 60,000 training and 10,000 test digits (12 MB)",
        "mnist",
        (
            RemoteFile(
                _MNIST + "train-images-idx3-ubyte.gz",
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            ),
            RemoteFile(
                _MNIST + "train-labels-idx1-ubyte.gz",
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            ),
            RemoteFile(
                _MNIST + "t10k-images-idx3-ubyte.gz",
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            ),
            RemoteFile(
                _MNIST + "t10k-labels-idx1-ubyte.gz",
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            ),
        ),
    ),
    Source(
        "MNIST in one file, as Keras has it (11 MB)",
        "keras",
        (
            RemoteFile(
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
                "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
            ),
        ),
    ),
    Source(
        "scikit-learn’s digits: 1,797 of 8×8 (58 kB)",
        "scikit-learn",
        (
            RemoteFile(
                "https://raw.githubusercontent.com/scikit-learn/scikit-learn/1.9.1/sklearn/datasets/data/digits.csv.gz",
                "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",
            ),
        ),
    ),
)


def source_of(url: str, sha256: str = "") -> Source:
    """The data set in one file whose address a person gave."""
    file = RemoteFile(url.strip(), sha256.strip().lower())
    return Source(file.name, "", (file,))
