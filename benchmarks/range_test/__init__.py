"""How good the learning rates are that the range test suggests, and what it costs."""
