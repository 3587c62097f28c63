"""Readers of labelled digits in the formats that people have. To add one: a file here, and a line in `READERS`."""
