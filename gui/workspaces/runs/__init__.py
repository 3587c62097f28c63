"""The Runs tab: all trainings that are kept, side by side."""
