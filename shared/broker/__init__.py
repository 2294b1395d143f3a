"""The rim to the broker: the embedded transport and what names, queues and connections are called."""
