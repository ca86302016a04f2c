"""Ids, text and vectors: encoder, indexes, ranker, reasons. Imports no other floor."""
