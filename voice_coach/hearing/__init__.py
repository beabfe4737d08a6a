"""Sound from a microphone into what was said: one file per recogniser, and what every recogniser is."""
