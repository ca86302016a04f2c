"""Collection campaigns: running one, what is entered, who judges it, what is decided, and how far it is."""
