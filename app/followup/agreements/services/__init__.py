"""The only writers of agreements, reviews, priorities and findings."""
