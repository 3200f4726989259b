"""Pages of the campaign domain. Views read the clock, make one domain call and show what came of it."""
