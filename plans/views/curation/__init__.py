"""The curators' pages that need to know about plans, and what clinicians hear of the library."""
