"""Files that appear whole or not at all, locks, and a bounded cache."""
