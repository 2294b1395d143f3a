"""From the log of one service to the read models of the others: page, relay, subscriber."""
