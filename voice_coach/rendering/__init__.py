"""A session made ready: its pace, voice, sounds and loudness."""
