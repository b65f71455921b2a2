"""A droid behind a URL: signed tasks go out, and the answer comes at once or as a signed callback."""
