"""Small general widgets that any part of the window may use."""
