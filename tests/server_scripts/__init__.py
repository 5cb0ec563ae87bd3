"""Parts of tests/servers, a concept a file. `lifecycle` drives a `server.Server`; each kind of server is one module."""
