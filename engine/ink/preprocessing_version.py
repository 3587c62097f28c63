"""Name and version of the path from ink to features."""

# Both are stored in every model file: a model only answers features that were made the way it was trained, or hardly
# otherwise. Version 2 judges hooks and tips gradually and joins a pen's reports by another curve: features of pen
# drawings move by 0.003 in the mean, and models trained with version 1 answer as well as before.
PREPROCESSING_NAME = "mnist-tile-20"
PREPROCESSING_VERSION = 2
OLDEST_LIKE_PREPROCESSING_VERSION = 1
