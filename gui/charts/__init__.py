"""One chart kit for every tab: lines, bars, scatter, matrix and image over arrays; it knows no model and no run."""
