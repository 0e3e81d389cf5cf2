"""What people fill in about themselves: signing in, passwords, codes."""
