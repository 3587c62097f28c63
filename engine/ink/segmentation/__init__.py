"""Finding the digits of a drawing that may hold a whole number.

Geometry says which strokes surely, perhaps or surely not belong to one digit (`candidate_groups`); how well each group
looks like a digit is for a model to say; `best_partition` weighs both.
"""

from engine.ink.segmentation.groups import StrokeGroup, candidate_groups
from engine.ink.segmentation.partition import best_partition

__all__ = ["StrokeGroup", "best_partition", "candidate_groups"]
