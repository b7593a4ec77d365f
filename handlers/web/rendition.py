"""The capped child process that makes a clean picture of a stranger’s: bytes in, a fresh PNG or JPEG out.

It runs as a program of its own, so that a picture made to break its reader breaks nothing else.
"""

import io
import sys
import warnings
from contextlib import suppress

MEMORY = 1 << 30  # bytes of address space
SECONDS = 5  # of processor time
PIXELS = 40_000_000
LONG_SIDE = 2_000
REFUSED = 3  # the exit status that says "not a picture that can be shown"


def main() -> int:
    """Read a picture from standard input and write its rendition to standard output."""
    _cap()
    from PIL import Image  # after the caps: the decoders must never run without them

    try:
        clean = _render(sys.stdin.buffer.read())
    except (OSError, ValueError, SyntaxError, MemoryError, EOFError, KeyError, IndexError, TypeError):
        return REFUSED
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return REFUSED
    sys.stdout.buffer.write(clean)
    return 0


def _cap() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    # macOS knows no such limit and says so; the clock and the processor limit hold there all the same.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _render(original: bytes) -> bytes:
    from PIL import Image, ImageOps

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = PIXELS
    with Image.open(io.BytesIO(original), formats=["PNG", "JPEG", "GIF", "WEBP"]) as picture:
        if picture.width * picture.height > PIXELS:
            raise ValueError("too many pixels")
        kind = picture.format
        picture.load()
        upright = ImageOps.exif_transpose(picture)
    plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    plain.thumbnail((LONG_SIDE, LONG_SIDE))
    # A picture made afresh from the pixels alone: nothing that rode along with the original can follow.
    fresh = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    out = io.BytesIO()
    if kind == "JPEG" and fresh.mode == "RGB":
        fresh.save(out, "JPEG", quality=88)
    else:
        fresh.save(out, "PNG", compress_level=4)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
