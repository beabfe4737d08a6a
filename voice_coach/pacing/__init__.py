"""Pacing of an exercise: layers of values, guidance, fitting and tuning."""
