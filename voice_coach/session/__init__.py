"""The live session: its state, transitions, stream, controller, bookmark and recorder."""
