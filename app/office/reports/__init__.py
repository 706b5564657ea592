"""What an event, an edition or a donor is told: pages and PDF files made from the floors below.

Owns no facts about the world, only the files it made. Small cells are hidden here.
"""
