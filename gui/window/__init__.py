"""The main window: its menus, dialogs, geometry, status line and the opening of files."""
