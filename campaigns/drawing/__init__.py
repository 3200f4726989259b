"""Pictures of evidence to look at in a page: everything is written anew as PNG, nothing of the file itself is shown."""
