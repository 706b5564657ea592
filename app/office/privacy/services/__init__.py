"""Services of consents, exports, erasing and retention."""
