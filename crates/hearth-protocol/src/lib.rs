//! What the wire looks like: types and rules of the d3chat and Cryptid protocols, without I/O
