"""Sweeps: one training for each combination of settings and each seed, over processes of this machine or a cluster."""
