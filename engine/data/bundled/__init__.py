"""The bundled digits, glyphs and other signs, and where they come from."""
