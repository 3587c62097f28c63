"""The charts, one a file; `registry` names those of the Train workspace, and only it imports them all."""
