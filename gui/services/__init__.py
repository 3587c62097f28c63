"""Settings, folders, error hooks, autosave, background tasks, the redraw timer and tables as files."""
