"""Rebuild `non-digits.npz`: `python packaging/bundled/rebuild_non_digits.py` draws 4,250 drawings that are no digit.

Drawing one and bringing it to 20×20 takes milliseconds, so a training would wait for half a minute; from the file it
begins at once.
"""

import io
import sys
from pathlib import Path

import numpy as np

from engine.core.file_io import write_atomically
from engine.data import bundled
from engine.data.bundled_digits import NON_DIGITS_FILE
from engine.data.synthetic.non_digits import draw_negatives
from engine.ink import features_from_drawings

# Half as many as the bundled training digits.
COUNT = 4_250
SEED = 0


def main() -> int:
    """Draw them and write the file; grey levels (count, 20, 20) uint8."""
    found = features_from_drawings(list(draw_negatives(COUNT, np.random.default_rng(SEED))))
    images = np.rint(255 * np.array([image for image in found if image is not None])).astype(np.uint8)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, images=images)
    target = Path(bundled.__file__).with_name(NON_DIGITS_FILE)
    write_atomically(target, buffer.getvalue())
    sys.stdout.write(f"{target}: {len(buffer.getvalue()):,} bytes, {len(images):,} drawings.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
