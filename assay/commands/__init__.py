"""What a person or a CI job calls: the command `assay`, and the pytest plugin."""
