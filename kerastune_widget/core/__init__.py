"""Ground floor: plain numbers, texts and rules. Standard library and numpy only."""
