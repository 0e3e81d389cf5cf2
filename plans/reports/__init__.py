"""PDF reports: typst templates (*.typ) that are given finished words as JSON, and what they need."""
