"""What makes a connection and keeps it honest."""
