"""What is taught, who completed it, who holds a certificate and who of them still serves."""
