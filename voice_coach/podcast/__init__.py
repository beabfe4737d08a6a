"""A podcast feed over a folder of exported sessions."""
