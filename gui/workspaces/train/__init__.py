"""The Train tab: settings, controls and live charts of a training run."""
