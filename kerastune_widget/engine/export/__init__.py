"""What leaves a session: runs as code, tables and logs that other tools read."""
