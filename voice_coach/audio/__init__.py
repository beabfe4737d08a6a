"""Samples: mixing clips into blocks, loudness, the limiter, backgrounds and sound cues."""
