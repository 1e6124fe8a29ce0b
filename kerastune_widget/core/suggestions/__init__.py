"""One method a file: from the curves of a range test to a learning rate."""
