"""Parts of a release that are made from this checkout, each by a target of the Makefile."""
