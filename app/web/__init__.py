"""What answers HTTP; every view turns a request into values, calls one function and turns the result into an answer."""
