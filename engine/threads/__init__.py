"""Threads of the engine and of BLAS: how many there are, and their priority."""
