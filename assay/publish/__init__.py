"""What `assay report` writes: pages, tables and exports, from a folder of results."""
