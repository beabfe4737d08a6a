"""A YAML reader with line, column and caret."""
