"""One place for looks: tokens, colour scales, palette, stylesheet and icons."""
