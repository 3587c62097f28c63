"""Draws the test sets of loose hands and of haste: `python tests/habits/draw_loose.py` rewrites `loose.jsonl.gz`.

The loose styles start from drawings whose points were set by hand, apart from `engine.data.synthetic.loose_styles`; the
kinds of haste are made of all hand-set digits, apart from `engine.data.augmentation.haste`. 36 variants each.
"""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from draw import SHEETS, VARIANTS, Points, variant

Strokes = list[list[list[float]]]

# On a 100 × 140 sheet, y down; one list a stroke.
LOOSE_SHEETS: dict[str, tuple[int, list[list[Points]]]] = {
    "long up-stroke 1": (1, [
        [[(8, 100), (30, 72), (46, 40), (60, 8), (60, 60), (58, 132)]],
        [[(14, 124), (34, 70), (52, 10), (62, 60), (74, 130)]],
        [[(4, 70), (24, 62), (44, 38), (58, 10), (54, 70), (50, 132)]],
        [[(18, 90), (36, 56), (58, 12), (64, 70), (72, 134)]],
    ]),
    "printed 1": (1, [
        [[(24, 34), (54, 8), (54, 128)], [(14, 128), (92, 128)]],
        [[(30, 14), (52, 10), (52, 66), (52, 126)], [(22, 130), (86, 126)]],
        [[(22, 46), (58, 8), (54, 124), (16, 126), (54, 124), (92, 124)]],
    ]),
    "bare 1": (1, [
        [[(64, 8), (52, 70), (40, 132)]],
        [[(48, 10), (54, 70), (50, 130)]],
        [[(78, 12), (48, 66), (26, 128)]],
        [[(46, 8), (48, 60), (52, 120), (60, 126)]],
    ]),
    "open 9": (9, [
        [[(70, 14), (44, 10), (24, 32), (32, 58), (60, 50), (78, 24), (76, 80), (74, 132)]],
        [[(64, 10), (36, 14), (22, 40), (44, 62), (68, 50), (80, 30), (76, 90), (58, 124), (28, 120)]],
        [[(62, 16), (34, 12), (20, 38), (38, 60), (66, 46), (74, 34), (66, 84), (60, 130)]],
    ]),
    "straight 9": (9, [
        [[(72, 20), (48, 8), (26, 28), (36, 56), (62, 50), (74, 20), (72, 76), (70, 132)]],
        [[(74, 28), (56, 8), (30, 16), (24, 44), (48, 58), (74, 28)], [(76, 16), (74, 70), (66, 132)]],
        [[(70, 16), (40, 8), (26, 34), (46, 54), (70, 38), (72, 16), (60, 74), (46, 130)]],
    ]),
    "uncrossed 4": (4, [
        [[(20, 8), (16, 70), (66, 68)], [(70, 10), (66, 68), (64, 132)]],
        [[(26, 10), (18, 44), (28, 70), (52, 66), (70, 56)], [(74, 14), (72, 70), (66, 130)]],
        [[(22, 10), (20, 52), (40, 68), (68, 54), (74, 12), (70, 72), (66, 132)]],
    ]),
    "big-looped 2": (2, [
        [[(20, 34), (40, 10), (68, 22), (64, 60), (40, 100), (18, 126), (4, 108), (22, 84), (48, 98),
          (66, 124), (94, 120)]],
        [[(14, 24), (44, 8), (74, 30), (58, 76), (26, 122), (6, 118), (10, 92), (34, 88), (58, 116), (92, 126)]],
        [[(24, 40), (34, 14), (62, 10), (74, 40), (48, 86), (22, 128), (4, 120), (14, 94), (44, 96),
          (70, 122), (96, 112)]],
    ]),
    "open 8": (8, [
        [[(74, 16), (46, 8), (24, 26), (44, 58), (72, 90), (54, 128), (24, 110), (38, 70), (66, 34)]],
        [[(70, 8), (38, 12), (28, 38), (58, 66), (74, 104), (44, 132), (20, 108), (40, 72), (72, 36)]],
        [[(66, 12), (34, 8), (22, 32), (50, 60), (76, 92), (50, 130), (22, 118), (30, 84), (60, 50), (76, 30)]],
    ]),
    "broad-barred 7": (7, [
        [[(18, 14), (80, 10), (58, 66), (40, 132)], [(20, 70), (94, 66)]],
        [[(14, 10), (46, 14), (78, 12), (62, 60), (54, 130)], [(26, 60), (90, 58)]],
        [[(20, 16), (74, 12), (40, 130)], [(18, 78), (56, 72), (92, 76)]],
    ]),
    "short-stemmed 6": (6, [
        [[(54, 30), (30, 56), (20, 94), (40, 128), (72, 118), (76, 88), (52, 70), (26, 86)]],
        [[(44, 40), (24, 68), (22, 104), (48, 130), (78, 108), (70, 76), (42, 70), (24, 92)]],
        [[(62, 22), (34, 44), (18, 90), (38, 126), (68, 122), (80, 90), (56, 66), (24, 80)]],
    ]),
    "mouse 6": (6, [
        [[(62, 8), (40, 36), (24, 74), (26, 112), (52, 128), (78, 116), (80, 86), (54, 74), (28, 84)]],
        [[(70, 10), (30, 60), (18, 110), (50, 130), (84, 114), (76, 84), (40, 84)]],
        [[(56, 12), (28, 62), (28, 118), (70, 124), (76, 88), (46, 80), (34, 90)]],
    ]),
    "mouse 5": (5, [
        [[(80, 10), (30, 12), (26, 58), (60, 56), (80, 84), (66, 120), (18, 124)]],
        [[(74, 8), (36, 12), (28, 60), (54, 52), (78, 74), (74, 110), (44, 130), (16, 116)]],
        [[(82, 14), (26, 10), (20, 64), (72, 68), (74, 118), (22, 126)]],
    ]),
    "far-barred 5": (5, [
        [[(26, 22), (22, 62), (52, 54), (74, 82), (58, 124), (18, 120)], [(50, 6), (96, 2)]],
        [[(30, 26), (24, 64), (58, 60), (76, 92), (50, 130), (14, 122)], [(46, 14), (92, 12)]],
        [[(24, 20), (20, 58), (46, 54), (72, 76), (64, 118), (24, 130)], [(30, 2), (78, 0)]],
    ]),
    "hasty 0": (0, [
        [[(62, 10), (34, 18), (20, 64), (32, 118), (62, 122), (80, 76), (72, 30)]],
        [[(44, 8), (22, 40), (22, 96), (48, 130), (74, 104), (78, 48), (56, 14), (36, 20)]],
        [[(56, 16), (74, 44), (76, 92), (52, 128), (28, 104), (26, 50), (44, 18)]],
    ]),
}  # fmt: skip

Hasten = Callable[[list[np.ndarray], np.random.Generator], list[np.ndarray]]


def _at_even_steps(line: np.ndarray, count: int) -> np.ndarray:
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    return np.stack([np.interp(np.linspace(0, along[-1], count), along, line[:, axis]) for axis in (0, 1)], axis=1)


def few_points(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """So few that each stroke is a polygon: 6 to 12 in all."""
    lengths = np.array([np.hypot(*np.diff(line, axis=0).T).sum() for line in strokes])
    count = int(rng.integers(6, 13))
    shares = np.maximum(2, np.round(count * lengths / lengths.sum())).astype(int)
    return [_at_even_steps(line, share) for line, share in zip(strokes, shares, strict=True)]


def cut_corners(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """The hand turns before it arrives: corners are replaced by their chords three times."""
    cut = []
    for line in strokes:
        knots = _at_even_steps(line, 9)
        for _ in range(3):
            inner = np.stack([0.75 * knots[:-1] + 0.25 * knots[1:], 0.25 * knots[:-1] + 0.75 * knots[1:]], axis=1)
            knots = np.concatenate([knots[:1], inner.reshape(-1, 2), knots[-1:]])
        cut.append(knots)
    return cut


def overshoot(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """The last direction goes on for 5 to 15 of the 140 units of height."""
    longer = []
    for line in strokes:
        step = line[-1] - line[max(-4, -len(line))]
        end = line[-1] + step / max(float(np.hypot(*step)), 1e-9) * rng.uniform(5, 15)
        longer.append(np.concatenate([line, [end]]))
    return longer


def tremor(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Waves of 3 units across the line, 8 to 14 along a stroke."""
    shaken = []
    for line in strokes:
        even = _at_even_steps(line, 60)
        phase = np.linspace(0, 2 * np.pi * rng.uniform(8, 14), 60)
        shaken.append(even + 3 * np.stack([np.sin(phase), np.cos(1.3 * phase)], axis=1) * rng.uniform(0.5, 1))
    return shaken


def reported(rate_hz: int) -> Hasten:
    """A digit in 0.35 to 0.6 s on a device that reports so often; the hand is slower where the line is more curved."""

    def hasten(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
        lengths = np.array([np.hypot(*np.diff(line, axis=0).T).sum() for line in strokes])
        seconds, found = rng.uniform(0.35, 0.6) * lengths / lengths.sum(), []
        for line, duration in zip(strokes, seconds, strict=True):
            fine = _at_even_steps(line, 200)
            turns = np.hypot(*np.diff(fine, 2, axis=0).T)
            # Speed is as the cube root of the radius (the two-thirds power law), but never without bound.
            pace = np.cbrt(np.convolve(np.pad(turns, 1, "edge"), np.ones(9) / 9, "same") + 0.02)
            clock = np.concatenate([[0.0], np.cumsum(pace[1:])]) / pace[1:].sum() * duration
            ticks = np.unique(np.concatenate([[0.0], np.arange(rng.uniform(0, 1 / rate_hz), duration, 1 / rate_hz)]))
            found.append(np.stack([np.interp(ticks, clock, fine[:, axis]) for axis in (0, 1)], axis=1))
        return found

    return hasten


def joined(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """The pen is never lifted."""
    return [np.concatenate(strokes)]


def _shaped(*rows: tuple[float, float]) -> Hasten:
    return lambda strokes, _rng: [line @ np.array(rows).T for line in strokes]


HASTE: dict[str, Hasten] = {
    "few points": few_points,
    "cut corners": cut_corners,
    "overshooting ends": overshoot,
    "tremor": tremor,
    "very slanted to the right": _shaped((1, -0.6), (0, 1)),
    "slanted to the left": _shaped((1, 0.4), (0, 1)),
    "very flat": _shaped((1.3, 0), (0, 0.6)),
    "very narrow": _shaped((0.45, 0), (0, 1.2)),
    "30 reports a second": reported(30),
    "60 reports a second": reported(60),
    "joined strokes": joined,
}


def main() -> None:
    """Write the file; the same bytes every time."""
    rng = np.random.default_rng(21)
    rows: list[tuple[str, int, Strokes]] = [
        (name, label, variant(sheets[index % len(sheets)], rng))
        for name, (label, sheets) in LOOSE_SHEETS.items()
        for index in range(VARIANTS)
    ]
    digits = [(label, sheet) for label, sheets in (SHEETS | LOOSE_SHEETS).values() for sheet in sheets]
    for name, hasten in HASTE.items():
        order = rng.permutation(len(digits))
        if hasten is joined:
            order = np.resize([index for index in order if len(digits[index][1]) > 1], VARIANTS)
        for index in order[:VARIANTS]:
            label, sheet = digits[index]
            lines = [np.array(line) for line in variant(sheet, rng, 1.0)]
            rows.append((name, label, [np.round(line, 1).tolist() for line in hasten(lines, rng)]))
    text = "\n".join(json.dumps({"label": label, "strokes": strokes, "habit": name}) for name, label, strokes in rows)
    (Path(__file__).parent / "loose.jsonl.gz").write_bytes(gzip.compress((text + "\n").encode(), mtime=0))


if __name__ == "__main__":
    main()
