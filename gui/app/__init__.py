"""The start of the window: application, self-check, signals of termination, supported versions."""
