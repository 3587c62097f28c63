"""One place for looks: tokens, palette, stylesheet and icons."""
