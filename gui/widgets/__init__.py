"""Small general widgets that any part of the window may use, and the files that it asks where to write."""
