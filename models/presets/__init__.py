"""The networks that the user can choose, one file each, and trained models by name."""
