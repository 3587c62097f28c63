"""Labelled digits: the data set type, the bundled digits, readers for other formats, augmentation."""

from engine.data.augmentation.images import ImageVariation, augment_images
from engine.data.augmentation.strokes import StrokeVariation, augment_drawing
from engine.data.bundled_digits import bundled_split, load_bundled
from engine.data.dataset import Dataset, split_stratified
from engine.data.readers.drawings import dataset_from_drawings
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import Reading
from engine.data.readers.registry import READERS, Reader, holds_arrays, read_dataset, read_digits

__all__ = [
    "READERS",
    "Dataset",
    "ImageVariation",
    "ReadOptions",
    "Reader",
    "Reading",
    "StrokeVariation",
    "augment_drawing",
    "augment_images",
    "bundled_split",
    "dataset_from_drawings",
    "holds_arrays",
    "load_bundled",
    "read_dataset",
    "read_digits",
    "split_stratified",
]
