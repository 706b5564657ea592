"""Programs in which people meet, behind one port: Zoom and Microsoft Teams."""
