"""One module per sound output, and what keeps a live stream going."""
