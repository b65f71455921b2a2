"""From a promise to a deed: decide what each kept delivery means, and let handlers react to it."""
