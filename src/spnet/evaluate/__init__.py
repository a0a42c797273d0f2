"""How well a model completes depth: data sets, sparse input, metrics and reports."""
