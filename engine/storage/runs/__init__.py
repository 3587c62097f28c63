"""Training runs on disk: a folder a run, written while it goes on. The folders are the index: there is no other."""
