"""What tests/test_docs.py reads the documents with, and the world their commands run in."""
