"""Pages and tables about a session or the history: timeline, player page, sheet, calendar."""
