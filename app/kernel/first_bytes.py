"""How files begin, by which their kind is told whatever they are called."""

PDF = b"%PDF-"
ZIP = b"PK\x03\x04"
"""Also documents of Word, Excel and LibreOffice."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Documents of Office before 2007, and those with a password."""
GZIP, BZIP2, SEVEN_ZIP, RAR = b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"Rar!"
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
