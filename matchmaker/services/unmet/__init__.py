"""The unmet-need map: which published needs have no good match, drawn as groups of meaning, read, and taken along.

A map holds only needs that anybody may read of, and is made from the text that anybody may read: whatever is named,
shown or exported of it says no more than a visitor of the site could know.
"""
