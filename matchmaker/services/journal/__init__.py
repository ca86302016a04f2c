"""The journal as a whole: verified from end to end, its heads kept outside the database, read by who may."""
