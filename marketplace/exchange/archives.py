"""What reading a zip can fail by, for every format that comes in one."""

import zipfile
import zlib

UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
"""A broken part, a wrong password (RuntimeError), an unknown method (its NotImplementedError), an end too soon."""
