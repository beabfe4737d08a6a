"""What is made for a release out of this checkout, each by a target of the Makefile."""
