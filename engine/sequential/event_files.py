"""TensorBoard's event files: the metrics of each epoch, so that its page can draw their curves.

A record is its length, a check sum, the bytes and another check sum; the bytes are an `Event` in protobuf's encoding.
"""

import os
import struct
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from engine.sequential.callbacks import Callback, Logs


@cache
def _table() -> tuple[int, ...]:
    """Of the check sum CRC-32C, polynomial 0x1EDC6F41 in reverse."""
    rows = []
    for number in range(256):
        for _ in range(8):
            number = (number >> 1) ^ (0x82F63B78 if number & 1 else 0)
        rows.append(number)
    return tuple(rows)


def masked_checksum(data: bytes) -> int:
    """CRC-32C, turned and moved as these files want it."""
    crc, table = 0xFFFFFFFF, _table()
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def record(data: bytes) -> bytes:
    """The bytes as a record of the file."""
    length = struct.pack("<Q", len(data))
    sums = struct.pack("<I", masked_checksum(length)), struct.pack("<I", masked_checksum(data))
    return length + sums[0] + data + sums[1]


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


def _field(place: int, data: bytes) -> bytes:
    return _varint(place << 3 | 2) + _varint(len(data)) + data


def event(step: int, metrics: Mapping[str, float], seconds: float) -> bytes:
    """An `Event` with numbers by their tags."""
    values = b"".join(
        _field(1, _field(1, tag.encode()) + _varint(2 << 3 | 5) + struct.pack("<f", value))
        for tag, value in metrics.items()
    )
    return _varint(1 << 3 | 1) + struct.pack("<d", seconds) + _varint(2 << 3) + _varint(step) + _field(5, values)


def append_event(folder: Path, path: Path | None, step: int, metrics: Mapping[str, float]) -> Path:
    """Write metrics of a step at the end of a file, or of a new one of the folder; the file's path."""
    now, data = time.time(), b""
    if path is None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"events.out.tfevents.{time.time_ns()}.v2"
        data = record(_varint(1 << 3 | 1) + struct.pack("<d", now) + _field(3, b"brain.Event:2"))
    with path.open("ab") as file:
        file.write(data + record(event(step, metrics, now)))
    return path


class TensorBoard(Callback):
    """Writes the metrics of each epoch for TensorBoard, into the folders `train` and `validation`.

    Args:
        log_dir: the folder.
        histogram_freq, write_graph, write_images, write_steps_per_second, update_freq, profile_batch: Keras' and
            without effect: only metrics are written, after epochs.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: Any = "epoch",  # noqa: ANN401 — a word or a number
        profile_batch: Any = 0,  # noqa: ANN401
        embeddings_freq: int = 0,
        embeddings_metadata: None = None,
    ) -> None:
        self.log_dir = Path(log_dir)
        self._files: dict[str, Path] = {}

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin new files."""
        self._files = {}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Append the metrics."""
        metrics = {name: value for name, value in (logs or {}).items() if isinstance(value, int | float)}
        held_out = {name.removeprefix("val_"): value for name, value in metrics.items() if name.startswith("val_")}
        trained = {name: value for name, value in metrics.items() if not name.startswith("val_")}
        for folder, part in (("train", trained), ("validation", held_out)):
            if part:
                named = {f"epoch_{name}": float(value) for name, value in part.items()}
                self._files[folder] = append_event(self.log_dir / folder, self._files.get(folder), epoch, named)
