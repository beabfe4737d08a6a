"""Plain frozen data that every package may know."""
