"""Leads people by voice through written exercise sessions: played live, or exported as audio files."""
