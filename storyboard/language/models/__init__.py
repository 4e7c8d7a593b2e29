"""The fields that a storyboard may have: their kinds, their meaning, and what is said where they are wrong."""
