"""Drawings made by program: writing styles, letters, scribbles and outlines."""
