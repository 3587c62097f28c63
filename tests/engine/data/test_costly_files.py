"""Small files that would cost much: refused before they do, in one sentence, and nothing in them ends the process."""

import gzip
import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from reader_cases import npz

from engine.data import read_dataset
from engine.errors import DataError

_PROMISED_BYTES = 200_000_000
# Reads files and images as the program does, each in a process of its own, whose modules are there already; reports
# what each cost beyond what was there before.
_PROBE = """
import json, os, resource, sys
from engine.data import read_dataset
from engine.errors import DataError
from engine.ink import features_from_image, open_image
from PIL import Image, PngImagePlugin, PpmImagePlugin
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
for path in map(str.strip, sys.stdin):
    if not (process := os.fork()):
        before = peak()
        try:
            features_from_image(open_image(path)) if path.endswith((".png", ".ppm")) else read_dataset(path)
            sentence = ""
        except DataError as error:
            sentence = str(error)
        print(json.dumps({"cost": peak() - before, "sentence": sentence}), flush=True)
        os._exit(0)
    if code := os.waitpid(process, 0)[1]:
        print(json.dumps({"code": code}), flush=True)
"""


def packed(data: bytes, times: int, head: bytes = b"") -> bytes:
    """The same bytes so many times, packed once; a gzip file may have many members."""
    return gzip.compress(head, 1) + gzip.compress(data, 1) * times


def table(path: Path) -> None:
    row = b",".join([b"0"] * 785) + b"\n"
    path.write_bytes(packed(row * 1000, 240))


def archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, shape in (("images.npy", (260_000, 28, 28)), ("labels.npy", (260_000,))):
            with file.open(name, "w") as member:
                np.lib.format.write_array(member, np.zeros(shape, np.uint8))


def tiny_images(path: Path) -> None:
    path.write_bytes(npz(images=np.zeros((400_000, 2, 2), np.uint8), labels=np.zeros(400_000, np.uint8)))


def small_images(path: Path) -> None:
    path.write_bytes(npz(images=np.zeros((400_000, 8, 8), np.uint8), labels=np.zeros(400_000, np.uint8)))


def many_members(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        for number in range(20_000):
            file.writestr(f"{number}.npy", b"")


def drawings(path: Path) -> None:
    line = json.dumps({"label": 1, "strokes": [[[0, 0], [0, 9]]]}).encode() + b"\n"
    path.write_bytes(packed(line * 1000, 400))


def long_stroke(path: Path) -> None:
    path.write_bytes(b'{"label": 1, "strokes": [[' + b"[1,2]," * 1_000_000 + b"[3,4]]]}\n")


def nothing_but_brackets(path: Path) -> None:
    path.write_bytes(packed(b"[]," * 1_000_000, 30, b'{"strokes": ['))


def one_line(path: Path) -> None:
    path.write_bytes(packed(b"0," * 1_000_000, 150))


def garbage(path: Path) -> None:
    path.write_bytes(packed(b"\x01" * 1_000_000, 350))


def matlab(path: Path) -> None:
    count = 210_000_000
    tags = struct.pack("<IIII", 6, 8, 6, 0) + struct.pack("<IIii", 5, 8, count // 400, 400) + b"\1\0\1\0X\0\0\0"
    body = tags + struct.pack("<II", 2, count)
    packer = zlib.compressobj(1)
    packed = packer.compress(struct.pack("<II", 14, len(body) + count) + body)
    for _ in range(210):
        packed += packer.compress(bytes(1_000_000))
    packed += packer.flush()
    path.write_bytes(b"MATLAB 5.0".ljust(124) + b"\0\1IM" + struct.pack("<II", 15, len(packed)) + packed)


def idx(path: Path) -> None:
    path.write_bytes(packed(bytes(1_000_000), 392, struct.pack(">HBB3I", 0, 8, 3, 500_000, 28, 28)))


def strip(path: Path) -> None:
    head = b"IHDR" + struct.pack(">IIBBBBB", 1, 50_000_000, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(1)
    rows = b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()
    chunks = [head, b"IDAT" + rows, b"IEND"]
    data = b"".join(struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)


def text_picture(path: Path) -> None:
    path.write_bytes(b"P3 3000 3000 255\n" + b"0 " * 27_000_000)


@pytest.fixture(scope="module")
def probe() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", _PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.stdin.close()
    assert process.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of memory is told by POSIX alone")
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("table.csv.gz", table), ("archive.npz", archive), ("tiny.npz", tiny_images), ("small.npz", small_images),
        ("members.npz", many_members), ("drawings.jsonl.gz", drawings), ("stroke.jsonl", long_stroke),
        ("brackets.jsonl.gz", nothing_but_brackets), ("line.csv.gz", one_line), ("garbage.gz", garbage),
        ("matlab.mat", matlab), ("images-idx.gz", idx), ("strip.png", strip), ("text.ppm", text_picture),
    ],
)  # fmt: skip
def test_costly_files_are_refused_cheaply(
    tmp_path: Path, probe: subprocess.Popen[str], name: str, make: Callable[[Path], None]
) -> None:
    path = tmp_path / name
    make(path)
    probe.stdin.write(f"{path}\n")
    probe.stdin.flush()
    told = json.loads(probe.stdout.readline())
    assert "code" not in told
    assert name in told["sentence"]
    assert told["sentence"].endswith(".")
    assert told["cost"] <= _PROMISED_BYTES


def damaged(good: bytes, step: int) -> list[bytes]:
    """Every `step`-th byte turned to three other values, and the file cut there."""
    cases = []
    for place in range(0, len(good), step):
        cases += [good[:place] + bytes([good[place] ^ mask]) + good[place + 1 :] for mask in (1, 0x41, 0xFF)]
        cases.append(good[:place])
    return cases


def test_no_damage_to_a_mat_file_does_harm(tmp_path: Path) -> None:
    from scipy.io import savemat

    rng = np.random.default_rng(0)
    for packed in (False, True):
        # Pixels of one byte: damage to them is the least of the harm.
        part = {"images": rng.integers(0, 255, (8, 8, 2), np.uint8), "labels": np.array([[1.0], [2.0]])}
        savemat(tmp_path / "good.mat", {"training": part, "note": "made up"}, do_compression=packed)
        good = (tmp_path / "good.mat").read_bytes()
        assert read_dataset(tmp_path / "good.mat").labels.tolist() == [1, 2]
        for data in damaged(good, 2 if packed else 5):
            path = tmp_path / "bad.mat"
            path.write_bytes(data)
            try:
                read_dataset(path)
            except DataError:
                continue


def test_no_damage_to_an_archive_gives_another_error(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, images=np.ones((2, 8, 8), np.uint8), labels=np.array([1, 2]))
    for data in damaged(buffer.getvalue(), 3):
        path = tmp_path / "bad.npz"
        path.write_bytes(data)
        try:
            read_dataset(path)
        except DataError:
            continue


def test_an_idx_header_of_no_images_but_endless_sides(tmp_path: Path) -> None:
    path = tmp_path / "a-images-idx3-ubyte"
    path.write_bytes(struct.pack(">HBB3I", 0, 8, 3, 0, 2**32 - 1, 2**32 - 1))
    with pytest.raises(DataError, match="announces 0 images"):
        read_dataset(path)
