"""Rules that change with time: reading what holds on a day, writing what holds from a day on."""
