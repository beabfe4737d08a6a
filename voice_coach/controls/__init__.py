"""What a live session can be steered with: one file per control, and what every control is."""
