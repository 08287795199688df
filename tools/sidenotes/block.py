"""The address that configurations of version 0.1 import. The extension is in `page/`."""

from .page.extension import SidenotesExtension

__all__ = ["SidenotesExtension"]
