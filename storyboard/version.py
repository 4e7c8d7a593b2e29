"""The version of this program, where every floor may read it."""

VERSION = "0.1.0"
