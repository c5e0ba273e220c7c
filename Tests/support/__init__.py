"""Parts that the client and system tests share: the scripted upstream, the proxy process, the wire."""
