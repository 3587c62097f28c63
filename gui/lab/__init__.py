"""What all workspaces share: drawing, prediction, models, data sets, runs and the training session. Owns no widget."""
