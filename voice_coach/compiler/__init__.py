"""Turns an exercise into cues without times, and cues into a timeline with measured clips."""
