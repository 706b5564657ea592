"""Square codes on pages."""

from markupsafe import Markup


def qr_picture(text: str) -> Markup:
    """Draws an address of ours dark on white whatever the theme: a camera reads nothing else."""
    import segno

    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(
        omitsize=True, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - drawn by segno, which escapes what the code says
