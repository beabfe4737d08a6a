"""The language of exercises and sessions: grammar, library, reader, validation."""
