"""Draws the habit test sets: `python tests/habits/draw.py` rewrites `tests/habits/drawings.jsonl.gz`.

Each habit starts from several drawings whose points were set by hand, apart from the recipes in
`engine.data.synthetic.writing_styles` that training uses, so that a model is not tested on its own generator. A variant moves every
point a little, then slants, turns, stretches and scales the whole; 36 variants a habit.
"""

import gzip
import json
from pathlib import Path

import numpy as np

Points = list[tuple[float, float]]

# On a 100 × 140 sheet, y down; one list a stroke.
SHEETS: dict[str, tuple[int, list[list[Points]]]] = {
    "slashed 0": (0, [
        [[(52, 8), (30, 18), (18, 48), (16, 84), (28, 118), (50, 130), (70, 118), (82, 86), (80, 46), (70, 18), (50, 7)],
         [(86, 10), (64, 50), (40, 92), (12, 132)]],
        [[(60, 14), (36, 12), (18, 40), (14, 74), (22, 108), (46, 126), (72, 110), (84, 72), (78, 34), (58, 12)],
         [(70, 36), (50, 68), (30, 104)]],
        [[(48, 10), (70, 16), (84, 44), (84, 90), (68, 122), (44, 128), (22, 110), (14, 70), (24, 28), (50, 9)],
         [(22, 116), (48, 72), (76, 22)]],
        [[(50, 12), (26, 24), (18, 66), (28, 112), (54, 126), (78, 104), (82, 58), (72, 22), (48, 11)],
         [(24, 28), (50, 70), (80, 116)]],
    ]),
    "dotted 0": (0, [
        [[(50, 8), (26, 20), (14, 60), (20, 104), (48, 130), (76, 112), (86, 68), (76, 24), (50, 8)], [(50, 68), (51, 71)]],
        [[(58, 12), (30, 14), (16, 52), (18, 96), (40, 126), (68, 122), (84, 84), (80, 36), (60, 12)], [(46, 66), (54, 70)]],
        [[(46, 10), (72, 18), (86, 60), (80, 106), (54, 130), (24, 114), (14, 70), (22, 28), (46, 10)], [(52, 62), (50, 74)]],
    ]),
    "flagged 1": (1, [
        [[(26, 44), (40, 28), (56, 10), (56, 50), (55, 92), (54, 132)]],
        [[(14, 62), (36, 36), (60, 8), (58, 48), (54, 92), (52, 134)]],
        [[(36, 28), (46, 20), (54, 10), (52, 50), (50, 90), (46, 132)]],
        [[(20, 40), (36, 34), (50, 24), (58, 10), (57, 60), (56, 132)]],
    ]),
    "footed 1": (1, [
        [[(28, 40), (42, 26), (54, 10), (54, 60), (54, 126)], [(28, 128), (54, 127), (80, 126)]],
        [[(20, 52), (56, 8), (54, 70), (52, 124)], [(32, 126), (74, 124)]],
        [[(34, 32), (54, 12), (52, 66), (50, 122), (30, 124), (50, 123), (78, 122)]],
        [[(52, 10), (52, 70), (52, 128)], [(26, 130), (52, 129), (78, 128)]],
    ]),
    "crossed 7": (7, [
        [[(14, 14), (46, 13), (84, 12), (66, 52), (50, 92), (38, 132)], [(34, 70), (56, 68), (82, 64)]],
        [[(16, 26), (18, 12), (50, 13), (82, 14), (70, 50), (58, 90), (50, 130)], [(40, 66), (84, 66)]],
        [[(10, 16), (80, 10), (52, 66), (30, 130)], [(30, 60), (54, 64), (78, 68)]],
        [[(18, 12), (40, 16), (62, 14), (86, 8), (68, 40), (58, 80), (54, 132)], [(38, 76), (60, 72), (84, 66)]],
    ]),
    "looped 2": (2, [
        [[(18, 36), (28, 14), (54, 8), (74, 24), (72, 52), (52, 84), (28, 116), (14, 126), (6, 114), (20, 104), (44, 116),
          (66, 128), (90, 118)]],
        [[(22, 28), (44, 10), (70, 16), (76, 44), (60, 78), (36, 110), (20, 124), (10, 116), (18, 106), (36, 112), (60, 124),
          (86, 124)]],
        [[(16, 42), (26, 18), (50, 8), (76, 20), (76, 54), (54, 92), (30, 122), (12, 128), (8, 108), (26, 98), (46, 110),
          (64, 130), (94, 128)]],
    ]),
    "open 4": (4, [
        [[(24, 10), (20, 44), (18, 78), (50, 80), (84, 78)], [(66, 30), (64, 80), (62, 132)]],
        [[(30, 8), (16, 74), (82, 70)], [(70, 14), (62, 70), (56, 130)]],
        [[(20, 14), (20, 60), (28, 80), (54, 82), (88, 76)], [(68, 10), (66, 70), (66, 132)]],
        [[(36, 12), (24, 42), (12, 76), (46, 80), (86, 82)], [(58, 44), (58, 90), (56, 130)]],
    ]),
    "closed 4": (4, [
        [[(62, 8), (36, 48), (10, 90), (48, 91), (88, 90)], [(62, 10), (62, 70), (62, 132)]],
        [[(58, 10), (34, 46), (14, 84), (86, 80)], [(60, 8), (58, 80), (56, 130)]],
        [[(66, 12), (14, 94), (90, 92)], [(66, 12), (65, 76), (64, 134)]],
    ]),
    "detached 5": (5, [
        [[(26, 18), (22, 40), (20, 62), (44, 56), (70, 66), (78, 92), (62, 122), (34, 130), (12, 116)], [(38, 10), (60, 9), (84, 8)]],
        [[(24, 22), (22, 60), (48, 52), (74, 70), (74, 104), (48, 130), (14, 122)], [(34, 12), (80, 4)]],
        [[(30, 20), (22, 66), (50, 60), (76, 78), (72, 112), (42, 132), (10, 118)], [(40, 18), (60, 14), (82, 12)]],
    ]),
    "hooked 9": (9, [
        [[(76, 24), (50, 8), (26, 22), (22, 48), (40, 66), (64, 56), (76, 26), (76, 60), (74, 100), (56, 130), (30, 126), (18, 110)]],
        [[(72, 20), (46, 10), (24, 30), (30, 58), (56, 62), (74, 36), (74, 74), (70, 112), (48, 132), (22, 118)]],
        [[(78, 32), (62, 10), (34, 12), (20, 38), (36, 62), (62, 56), (78, 30), (80, 70), (72, 114), (44, 132), (16, 122)]],
    ]),
    "flat 3": (3, [
        [[(16, 12), (46, 11), (80, 12), (62, 34), (44, 56), (66, 62), (82, 86), (72, 116), (44, 130), (14, 118)]],
        [[(20, 14), (82, 10), (44, 52), (74, 64), (84, 96), (60, 126), (16, 124)]],
        [[(12, 10), (78, 14), (48, 58), (72, 66), (78, 96), (60, 122), (36, 130), (10, 114)]],
    ]),
    "ringed 8": (8, [
        [[(50, 8), (32, 20), (30, 44), (48, 60), (68, 46), (68, 22), (50, 8)],
         [(50, 62), (26, 76), (20, 104), (44, 130), (72, 120), (80, 90), (66, 68), (48, 62)]],
        [[(54, 10), (34, 16), (30, 42), (50, 58), (70, 44), (68, 18), (52, 9)],
         [(48, 64), (72, 72), (78, 104), (52, 132), (24, 116), (24, 80), (50, 63)]],
        [[(48, 6), (66, 18), (66, 42), (48, 54), (30, 42), (32, 16), (50, 6)],
         [(50, 52), (24, 68), (18, 100), (46, 128), (76, 110), (78, 76), (52, 54)]],
    ]),
}  # fmt: skip
VARIANTS = 36


def smooth(points: np.ndarray, steps: int = 6) -> np.ndarray:
    """More points on a smooth line through the given ones (cubic, tangents from the neighbours)."""
    if len(points) < 3:
        return points
    tangents = np.gradient(points, axis=0)
    # At a corner sharper than 75 degrees the hand stops: keep the corner.
    before, after = np.diff(points, axis=0)[:-1], np.diff(points, axis=0)[1:]
    cosine = (before * after).sum(1) / (np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1))
    tangents[1:-1][cosine < np.cos(np.radians(75))] = 0
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    h = 2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t, -2 * t**3 + 3 * t**2, t**3 - t**2
    parts = [
        h[0] * points[i] + h[1] * tangents[i] + h[2] * points[i + 1] + h[3] * tangents[i + 1]
        for i in range(len(points) - 1)
    ]
    return np.concatenate([*parts, points[-1:]])


def variant(strokes: list[Points], rng: np.random.Generator, most: float = np.inf) -> list[list[list[float]]]:
    """The hand-set drawing as another hand would repeat it, up to `most` times as large."""
    angle, slant = rng.normal(0, 0.07), rng.normal(0, 0.13)
    size = min(np.exp(rng.normal(0, 0.25)), most)
    width = np.exp(rng.normal(0, 0.12))
    matrix = np.array([[width, 0], [-slant, 1]]) @ np.array(
        [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    )
    place = rng.uniform(0, 400, 2)
    moved = []
    for points in strokes:
        knots = np.array(points, float)
        jitter = min(3.0, 0.3 * float(np.ptp(knots, axis=0).max()))
        line = smooth(knots + rng.normal(0, jitter, knots.shape) + rng.normal(0, jitter / 2, 2))
        moved.append(np.round((line @ matrix) * size + place, 1).tolist())
    return moved


def main() -> None:
    """Write the file; the same bytes every time."""
    rng = np.random.default_rng(20)
    lines = [
        json.dumps({"label": label, "strokes": variant(sheets[index % len(sheets)], rng), "habit": name})
        for name, (label, sheets) in SHEETS.items()
        for index in range(VARIANTS)
    ]
    data = gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0)
    (Path(__file__).parent / "drawings.jsonl.gz").write_bytes(data)


if __name__ == "__main__":
    main()
