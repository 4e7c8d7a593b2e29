"""The text of a storyboard: a tree of plain values, in which every part knows its place."""
