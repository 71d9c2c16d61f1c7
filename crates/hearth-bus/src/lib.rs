//! What is shared but short-lived: tickets, budgets, presence, publish/subscribe, wake-ups
