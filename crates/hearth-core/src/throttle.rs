//! How often somebody may try: budgets on the bus, and what counts as one address.

use std::net::IpAddr;
use std::time::Duration;

use hearth_bus::{Budget, Charge};

use crate::{Core, CoreLimits, setup};

const QUARTER_HOUR: Duration = Duration::from_mins(15);
const HOUR: Duration = Duration::from_hours(1);

/// What one address is in budgets: an IPv4 address, or the /64 that one IPv6 customer commands.
pub(crate) fn address_key(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// The budgets of one server.
pub(crate) struct Budgets<'a>(&'a CoreLimits);

impl Budgets<'_> {
    fn logins(&self) -> Budget {
        Budget::per_minute("login-address", self.0.logins_per_address)
    }

    fn registrations(&self) -> Budget {
        Budget::new("register-address", self.0.registrations_per_address, HOUR)
    }

    fn wrong_setup_tokens() -> Budget {
        Budget::new("setup-address", setup::TRIES_PER_ADDRESS, setup::LIFETIME)
    }

    fn wrong_for_account(&self) -> Budget {
        Budget::new(
            "password-account",
            self.0.wrong_passwords_per_account,
            QUARTER_HOUR,
        )
    }

    fn wrong_for_account_and_address(&self) -> Budget {
        let limit = self.0.wrong_passwords_per_account_and_address;
        Budget::new("password-account-address", limit, QUARTER_HOUR)
    }

    fn typing(&self) -> Budget {
        Budget::per_minute("typing-user", self.0.typing_per_user)
    }
}

impl Core {
    fn budgets(&self) -> Budgets<'_> {
        Budgets(self.limits())
    }

    /// Charges an address for one log-in attempt.
    pub(crate) async fn charge_login(&self, address: &str) -> Result<(), Duration> {
        refusal(self.bus().charge(&self.budgets().logins(), address, 1).await)
    }

    /// Charges an address for one registration attempt.
    pub(crate) async fn charge_registration(&self, address: &str) -> Result<(), Duration> {
        refusal(
            self.bus()
                .charge(&self.budgets().registrations(), address, 1)
                .await,
        )
    }

    /// Whether an address may try one more setup token, without charging it.
    pub(crate) async fn may_try_setup_token(&self, address: &str) -> Result<(), Duration> {
        refusal(self.bus().peek(&Budgets::wrong_setup_tokens(), address).await)
    }

    /// Charges an address for one wrong setup token.
    pub(crate) async fn charge_wrong_setup_token(&self, address: &str) {
        // Attempts of the same moment may overdraw by a few; the next one is refused.
        let _ = self
            .bus()
            .charge(&Budgets::wrong_setup_tokens(), address, 1)
            .await;
    }

    /// Whether an account may be tried once more from an address, without charging anybody.
    pub(crate) async fn may_try_password(&self, account: &str, address: &str) -> Result<(), Duration> {
        let budgets = self.budgets();
        refusal(self.bus().peek(&budgets.wrong_for_account(), account).await)?;
        let pair = pair_key(account, address);
        refusal(
            self.bus()
                .peek(&budgets.wrong_for_account_and_address(), &pair)
                .await,
        )
    }

    /// Charges an account and its pair with the address for one wrong password.
    pub(crate) async fn charge_wrong_password(&self, account: &str, address: &str) {
        let budgets = self.budgets();
        // Attempts that hash at the same moment may overdraw by a few; the next one is refused.
        let _ = self.bus().charge(&budgets.wrong_for_account(), account, 1).await;
        let pair = pair_key(account, address);
        let _ = self
            .bus()
            .charge(&budgets.wrong_for_account_and_address(), &pair, 1)
            .await;
    }

    /// Charges a person for one typing notice.
    pub(crate) async fn charge_typing(&self, user: &str) -> Result<(), Duration> {
        refusal(self.bus().charge(&self.budgets().typing(), user, 1).await)
    }
}

fn pair_key(account: &str, address: &str) -> String {
    format!("{account} {address}")
}

fn refusal(charge: Charge) -> Result<(), Duration> {
    charge.retry_after().map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_customer_is_one_address() {
        let key = |text: &str| address_key(text.parse().unwrap());
        assert_eq!(key("192.0.2.7"), "192.0.2.7");
        assert_eq!(key("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(key("2001:db8:1:2:3::4"), key("2001:db8:1:2:ffff::1"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
    }
}
