"""The plan builder: a draft beside the library, checked while it is built, then activated."""
