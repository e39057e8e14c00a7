"""`lobby support-bundle`: what a colleague needs to help, with no secret and nobody in it."""
