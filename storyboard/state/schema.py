"""The state file's layout: what marks it as ours, and the steps that lead from each version to the next.

Laws. A step is never edited after a release; a new version appends one, which creates tables or adds columns at a
table's end, like the new fields at the end of their record. A new file runs all steps, so the layout of a version has
one spelling, and a file whose layout is spelt otherwise was not made by this program.
"""

from __future__ import annotations

APPLICATION_ID = 0x53424430
"""`SBD0`, in the header of every state file."""

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE clips (
  "id" TEXT NOT NULL PRIMARY KEY,
  "frames" INTEGER NOT NULL,
  "fps" TEXT NOT NULL,
  "width_px" INTEGER NOT NULL,
  "height_px" INTEGER NOT NULL,
  "has_audio" INTEGER NOT NULL,
  "bytes" INTEGER NOT NULL,
  "checksum" BLOB NOT NULL
)""",
        """CREATE TABLE takes (
  "key" TEXT NOT NULL PRIMARY KEY,
  "take" TEXT NOT NULL,
  "provider" TEXT NOT NULL,
  "number" INTEGER NOT NULL,
  "rank" INTEGER NOT NULL,
  "own" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "ask" TEXT NOT NULL,
  "carried" TEXT NOT NULL,
  "clip" TEXT REFERENCES clips DEFERRABLE INITIALLY DEFERRED,
  "error_code" TEXT,
  "error_message" TEXT,
  "changed" REAL NOT NULL,
  "checksum" BLOB NOT NULL
)""",
        """CREATE TABLE attempts (
  "id" TEXT NOT NULL PRIMARY KEY,
  "take" TEXT NOT NULL REFERENCES takes DEFERRABLE INITIALLY DEFERRED,
  "provider" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "path" TEXT NOT NULL,
  "headers" TEXT NOT NULL,
  "body" BLOB NOT NULL,
  "account" TEXT NOT NULL,
  "created" REAL NOT NULL,
  "reserve" TEXT,
  "charged" TEXT,
  "unit" TEXT NOT NULL,
  "job" TEXT,
  "reason" TEXT,
  "checksum" BLOB NOT NULL
)""",
        """CREATE TABLE frames (
  "clip" TEXT NOT NULL REFERENCES clips DEFERRABLE INITIALLY DEFERRED,
  "index" INTEGER NOT NULL,
  "pixels" TEXT NOT NULL,
  "checksum" BLOB NOT NULL,
  PRIMARY KEY ("clip", "index")
)""",
        """CREATE TABLE films (
  "name" TEXT NOT NULL PRIMARY KEY,
  "joined" TEXT NOT NULL,
  "clip" TEXT NOT NULL REFERENCES clips DEFERRABLE INITIALLY DEFERRED,
  "checksum" BLOB NOT NULL
)""",
    ),
    ('ALTER TABLE attempts ADD COLUMN "dated" REAL',),
)
"""Statements of each step; step n leads from version n to n + 1. Each statement makes or changes one table."""

VERSION = len(STEPS)
"""The version that this program writes."""
