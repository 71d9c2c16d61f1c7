# Before one is in: signing in, making an account, the owner's first account.

entry-loading = Opening…
entry-signin = Sign in
entry-signing-in = Signing in…
entry-no-account = No account yet?
entry-to-register = Create an account
entry-have-account = Have an account already?
entry-to-signin = Sign in
entry-expired = You were signed out. Sign in again to go on.

entry-username = Name
entry-username-hint = 3 to 64 letters, digits, - and _. It becomes part of your address: { $address }
entry-username-short = At least 3 characters.
entry-username-letters = Only letters without accents, digits, - and _.
entry-display-name = What should people call you?
entry-optional = optional
entry-password = Password
entry-password-hint = At least 8 characters. A few unrelated words are easy to remember and hard to guess.
entry-password-short = At least 8 characters.
entry-password-long = At most 128 characters.

entry-register = Create account
entry-registering = Creating…
entry-host-sees = Whoever runs this server can see who you talk to and when. In channels without encryption they can also read what is written.
entry-invite-title = { $place } is by invitation
entry-invite-text = Ask the person who runs it for an invitation link. Opening the link brings you to a page where you choose your name.
entry-closed-title = { $place } takes no new accounts
entry-closed-text = The people who run this server have closed it to new accounts for now.

entry-setup-title = Make this Hearth yours
entry-setup-text = You are the first one here. The account you make now owns this server: it decides who may join and how this place looks.
entry-setup = Make it mine
entry-setting-up = Setting up…
entry-setup-done-hint = Keep this password well. There is no one above you who could reset it.

entry-unset-title = This Hearth is not set up yet
entry-unset-text = Open the app on the computer it runs on. It will bring you back here to make the first account.
entry-check-again = Check again
entry-checking = Checking…

entry-unreachable-title = This server does not answer
entry-unreachable-text = It may be asleep or restarting. This page tries again by itself.
