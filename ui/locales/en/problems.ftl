# What went wrong, in everyday words: what happened, and what one can do.

problem-no-answer = The server did not answer. Check your connection and try again.
problem-server = The server could not do this just now. Try again in a moment.
problem-busy = Too many attempts. Wait a little, then try again.
problem-signed-out = You are signed out. Sign in again to go on.
problem-credentials = The name or the password is not right.
problem-banned = This account has been closed by the people who run this server.
problem-suspended = This account is paused by the people who run this server.
problem-name-taken = This name is taken. Choose another one.
problem-closed = No new accounts are made here at the moment.
problem-invite-only = New accounts are made by invitation here.
problem-setup-link = This link was used already or is too old. Get a new one from the app on the server's computer.
problem-too-large = This is too long to send.
problem-not-member = You are not in this channel any more.
problem-already-member = This person is in the channel already.
problem-email-domain = Accounts here are for certain e-mail addresses only. Ask the people who run this server.
problem-peer-unreachable = That server does not answer at the moment. Try again later.
problem-peer-gone = That server asks for nothing any more.
problem-has-owner = This Hearth has an owner already.
problem-unknown = Something went wrong. Try again.
