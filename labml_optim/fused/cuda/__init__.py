"""The engine for parameters on CUDA: a Triton kernel."""
