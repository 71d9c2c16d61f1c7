//! How other servers are reached, trusted and answered: discovery, pins, verification, delivery
