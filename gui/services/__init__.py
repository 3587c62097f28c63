"""Settings, folders, error hooks, autosave and background tasks."""
