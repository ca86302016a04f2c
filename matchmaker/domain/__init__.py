"""The trade: tables, states, permissions, errors. Imports no other floor."""
