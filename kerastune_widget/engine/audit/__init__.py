"""Why does a model answer differently: checks that measure it, and name the layer."""
