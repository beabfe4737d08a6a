"""Turns samples into packets of MP3, AAC and Opus, and packets into files."""
