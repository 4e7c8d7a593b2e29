"""Words in pictures and beside them: every script, titles, subtitles."""
