"""How the shipped models are trained: data, augmentation, calibration and the summary they carry."""
