"""Training: the one loop, what it needs to run, stop and go on, and what it tells of itself."""
