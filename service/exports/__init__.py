"""Tables and plans as CSV, XLSX and Parquet."""
