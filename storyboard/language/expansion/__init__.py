"""From the text that is written to the shots that are made: files, profiles, variants, templates and loops."""
