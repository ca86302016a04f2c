"""A broker's record: what he introduced, followed up and brought to a contract, for his title review."""
