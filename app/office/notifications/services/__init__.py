"""What people wish of their letters, and which reminders have gone round."""
