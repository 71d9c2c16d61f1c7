//! Who this server is: custody of every secret, TLS certificates, rotation
