"""One class per file format, with tags, captions, covers and split exports."""
