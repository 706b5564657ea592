"""What the secretariat keeps: letters, reports, handover, personal data, the home page, the demo."""
