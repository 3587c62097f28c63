"""Labelled digits: the data set type, the bundled digits, readers for other formats, augmentation."""

from engine.data.bundled_digits import bundled_split, load_bundled
from engine.data.dataset import Dataset, split_stratified

__all__ = ["Dataset", "bundled_split", "load_bundled", "split_stratified"]
