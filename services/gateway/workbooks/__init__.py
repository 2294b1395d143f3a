"""Tables that people fill in a spreadsheet and bring back: Excel out and in, CSV in, every mistake named by cell."""
