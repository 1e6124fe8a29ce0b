"""First floor: Keras and TensorFlow, training in one background thread. No widgets."""
