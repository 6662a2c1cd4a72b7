"""Networks, their files, their tropical maps, linear regions and decision boundaries."""
