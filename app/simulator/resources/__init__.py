"""What both REST faces serve, each resource once."""
