"""What `assay report` writes from a folder of results: pages, tables and exports."""
