"""The address of an invitation as an image to scan."""


def qr_svg(address: str, *, title: str) -> str:
    """Draws an address as inline SVG: no text of a person is inside but the address, which segno
    escapes.
    """
    import segno

    code = segno.make(address, error="m", micro=False, boost_error=False)
    svg: str = code.svg_inline(border=2, dark="#111a1d", omitsize=True, title=title)
    return svg
