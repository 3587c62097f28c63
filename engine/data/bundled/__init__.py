"""The bundled digits: the data file, where it comes from, and the script that rebuilds it."""
