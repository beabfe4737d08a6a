"""Exports many sessions with several processes, from a manifest."""
