"""The hints of the Train tab: what the engine's rules say about the run, with buttons that follow their advice."""
