"""Sound from a microphone into what was said: one module per recognizer."""
