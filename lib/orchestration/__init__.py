"""The pipeline run by others: Dagster's assets, Dask's workers."""
