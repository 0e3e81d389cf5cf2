"""Files that curators upload: recognised by content, written anew within limits, kept under random names."""
