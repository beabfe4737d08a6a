"""Speech engines, the clips that they speak, and where clips are kept."""
