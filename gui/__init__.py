"""The window: everything that Qt shows, from the application down to its theme."""
