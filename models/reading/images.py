"""Reading a picture of several digits as a number: its pieces of ink are cut as strokes are."""

from engine.core.steps import finished
from engine.ink.photos.found_ink import InkPieces
from engine.storage.model import Model
from models.reading.numbers import Memory, NumberReading, can_read_numbers, look_at_features, read_groups


def find_number_in_image(model: Model, pieces: InkPieces) -> NumberReading | None:
    """The number that a picture says with confidence; None where it says none, or the model tells no ten digits apart.

    Args:
        model: answers the features of single digits.
        pieces: of the ink; `NumberReading`'s strokes are their positions.
    """
    if not can_read_numbers(model):
        return None
    seen: Memory = {}
    for group, features in zip(pieces.groups, pieces.features, strict=True):
        seen[tuple(pieces.drawing.strokes[stroke] for stroke in group.strokes)] = look_at_features(model, features)
    reading = finished(read_groups(model, pieces.drawing, pieces.groups, seen))
    return reading if reading.is_number else None
