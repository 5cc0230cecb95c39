"""A policy document to be read: lines, folds, expansions, links, versions."""
