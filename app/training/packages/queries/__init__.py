"""Packages as their readers may see them: `catalogue`, `playing`, `records` and `personal`."""
