"""The board: what runs beside the picture. `screen` is the process; `display` draws."""
