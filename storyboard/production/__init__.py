"""One storyboard's stages, put together: what the commands, the board and `import storyboard` call.

`production` holds the files and the ports, `session` one render, `cutting` and `exporting` what follows it;
`decisions`, `cancelling`, `adopting` and `upkeep` are what a person says in between.
"""
