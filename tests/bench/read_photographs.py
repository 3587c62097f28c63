"""How many simulated photographs of held-out writers' digits are recognised, kind by kind.

python tests/bench/read_photographs.py --data pen-strokes.jsonl.gz [--model FILE] [--fold K] [--count 100]
"""

import argparse
import io
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from held_out import writers_of_fold

from engine.ink import features_from_drawings, features_from_image, open_image
from models import load
from tests.engine.photographs import PHOTOGRAPHS

SEED = 2026


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="cnn-large", metavar="NAME|FILE")
    parser.add_argument("--data", required=True, help="labelled drawings")
    parser.add_argument("--fold", type=int, help="whose: as in `train --recipe full --fold` (default: everybody's)")
    parser.add_argument("--count", type=int, default=100, help="digits at random")
    parser.add_argument("--only", action="append", choices=PHOTOGRAPHS, help="a kind; may be repeated")
    parser.add_argument("--keep", metavar="FOLDER", help="keep the pictures that are misread there")
    arguments = parser.parse_args()
    drawings = [drawing for hand in writers_of_fold(arguments.data, arguments.fold).values() for drawing in hand]
    chosen = np.random.default_rng(SEED).permutation(len(drawings))[: arguments.count]
    drawings = [drawings[place] for place in chosen]
    model = load(arguments.model)
    labels = np.array([drawing.label for drawing in drawings])
    exact = np.stack(features_from_drawings(drawings))
    print(f"{len(drawings)} digits; strokes: {100 * (model.answer(exact).argmax(axis=1) == labels).mean():.1f} % right")
    with tempfile.TemporaryDirectory() as folder:
        for kind in arguments.only or PHOTOGRAPHS:
            found, blank, seconds = [], 0, 0.0
            for number, drawing in enumerate(drawings):
                data = PHOTOGRAPHS[kind](drawing, np.random.default_rng([SEED, number]))
                path = Path(folder) / "photo"
                path.write_bytes(data)
                start = time.perf_counter()
                features = features_from_image(open_image(path))
                seconds += time.perf_counter() - start
                blank += features is None
                found.append(np.zeros((20, 20), np.float32) if features is None else features)
                if arguments.keep and (features is None or model.answer(features).argmax() != drawing.label):
                    keep(Path(arguments.keep), kind, number, data, found[-1], exact[number])
            tiles = np.stack(found)
            best = model.answer(tiles).argmax(axis=1)
            refused = model.rejects(tiles)
            print(
                f"{kind:24}{100 * (best == labels).mean():6.1f} % right, {100 * refused.mean():5.1f} % refused, "
                f"{blank} blank; features differ by {np.abs(tiles - exact).mean():.4f}; "
                f"{1000 * seconds / len(drawings):.0f} ms"
            )


def keep(folder: Path, kind: str, number: int, data: bytes, tile: np.ndarray, exact: np.ndarray) -> None:
    """The picture, and beside it the tile that it gave and the one of the strokes."""
    from PIL import Image

    os.makedirs(folder, exist_ok=True)
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    picture.thumbnail((400, 300))
    sheet = Image.new("RGB", (400 + 2 * 150, 300), "grey")
    sheet.paste(picture, (0, 0))
    for place, features in enumerate((tile, exact)):
        enlarged = Image.fromarray((255 * features).astype(np.uint8)).resize((140, 140), Image.Resampling.NEAREST)
        sheet.paste(enlarged, (405 + 150 * place, 5))
    sheet.save(folder / f"{kind} {number}.png".replace(" ", "-"))


if __name__ == "__main__":
    main()
