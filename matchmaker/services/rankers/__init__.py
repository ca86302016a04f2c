"""Rankers that serve: the shipped one, and trained ones that are compared, chosen, prepared and followed."""
