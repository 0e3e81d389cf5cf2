"""The pages where curators write: the editor, and what starts, links, proposes and throws away."""
