"""Shaping: an organization's own declines put a field last in its own lists, or name a need that may be closed.

It sorts one organization's lists and nothing else: scores, grades and reasons stay what the ranker says.
"""
