"""Published detectors, one a file, with their published thresholds."""
