"""Agreements, reviews, priorities and findings as their readers may see them."""
