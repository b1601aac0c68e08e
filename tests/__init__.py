"""Mirrors the package, plus stories, properties, races and the house style; see CONTRIBUTING.md."""
