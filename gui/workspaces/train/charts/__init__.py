"""The charts of the Train tab. To add one: a file here, and a line in `CHARTS`."""
