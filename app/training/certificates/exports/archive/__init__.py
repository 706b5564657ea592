"""The archive: what the public pages say of all certificates, in a folder that needs no platform."""
