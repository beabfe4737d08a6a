"""Plain frozen data that every room may know."""
