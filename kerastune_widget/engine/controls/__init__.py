"""One control a file: CONTROL, with its spec and how it acts on a model."""
