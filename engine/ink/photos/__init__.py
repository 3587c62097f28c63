"""From a photograph or scan to ink: the sheet, its background, ruling, and the width of the pen."""
