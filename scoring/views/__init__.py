"""Pages of scores. Views read the clock and the address, make one domain call and show what came of it."""
