"""Papers: Word drafts of contracts, agreements and minutes, filled from the records by templates that a site changes.

What no record says stays a visible blank; nothing is invented. A template is data: it may name placeholders, repeat the
rows of a list and leave out what is empty, and nothing else.
"""
