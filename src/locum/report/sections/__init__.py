"""The sections of the page, each a pure function from content to HTML."""
