"""A nation's plan: agencies as folders of Parquet, worked on by many processes, on one machine or a cluster."""
