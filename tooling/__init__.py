"""What builds and checks the project. `app` imports nothing from here, and no request needs it."""
