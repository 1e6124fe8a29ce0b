"""The healthy programs, one a file."""
