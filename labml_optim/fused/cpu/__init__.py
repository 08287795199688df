"""The engine for parameters on the CPU: a C kernel, compiled on first use."""
