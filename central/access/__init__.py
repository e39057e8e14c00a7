"""Who may connect and say what: the inventory, certificates, access lists, the web server."""
