"""The sessions that were done, in a database of the user's own."""
