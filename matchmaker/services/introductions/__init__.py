"""Introductions: who brought the sides of a deal together, and what people say of it."""
