"""Who comes when: appointments become codes, letters, and what the devices are told."""
