"""Values as bytes of the programme."""
