"""Refits: the ranker fitted anew to what people taught, measured on needs held out, and let serve only if better."""
