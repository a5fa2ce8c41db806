"""What exists in Google Cloud for one environment, as tables; the scripts beside compare it with what is there."""
