"""As what a file of a package is handed out, by the end of its name and the same on every machine.

No character set is said of pages: old packages are written in other ones and say so themselves.
"""

from pathlib import PurePosixPath

UNKNOWN = "application/octet-stream"
TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".css": "text/css",
    ".xml": "text/xml",
    ".xsd": "text/xml",
    ".xsl": "text/xml",
    ".dtd": "application/xml-dtd",
    ".txt": "text/plain",
    ".vtt": "text/vtt",
    ".srt": "text/plain",
    ".csv": "text/csv",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".ico": "image/x-icon",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".webm": "video/webm",
    ".ogv": "video/ogg",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".eot": "application/vnd.ms-fontobject",
    ".pdf": "application/pdf",
    ".wasm": "application/wasm",
    ".zip": "application/zip",
}


def media_type(path: str) -> str:
    return TYPES.get(PurePosixPath(path).suffix.lower(), UNKNOWN)
