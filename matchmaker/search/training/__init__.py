"""Learning to rank from graded pairs; nothing of it is loaded to serve a page."""
