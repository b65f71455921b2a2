"""What we remember: deliveries, runs, connections and their secrets, on SQLite or PostgreSQL."""
