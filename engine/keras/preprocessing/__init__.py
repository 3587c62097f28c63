"""Keras' `preprocessing`: sequences of one length, texts as numbers, and pictures."""

from engine.keras.preprocessing import image, sequence, text
from engine.keras.preprocessing.image_folder import image_dataset_from_directory

__all__ = ["image", "image_dataset_from_directory", "sequence", "text"]
