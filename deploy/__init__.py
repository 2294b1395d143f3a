"""Bootstrap of local servers, image and compose: how the network is installed and run."""
