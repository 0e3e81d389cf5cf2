"""The clinic's own pages: settings, leave, what the rules do and what they would do. Most are for its leads."""
