"""One module per way to steer a live session, and what every control is."""
