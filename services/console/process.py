"""Running services in this process: patched for greenlets, wired to the broker, stopped cleanly on a signal."""
