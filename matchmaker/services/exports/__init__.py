"""Taking listings along: as .xlsx, .csv or .jsonl files, which an import reads back without loss."""
