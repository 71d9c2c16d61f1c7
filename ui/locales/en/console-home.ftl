# The owner's first page.

home-title = Your Hearth
home-loading = Asking the server…
home-failed-title = The server does not answer
home-stale = No answer since { $time }. What you see was true then.

home-state-well = All is well.
home-state-held = { $count ->
    [one] One server needs your decision.
   *[other] { $count } servers need your decision.
  }
home-state-requests = { $count ->
    [one] One server asks to connect.
   *[other] { $count } servers ask to connect.
  }
home-state-off = Chatting with other servers is off.
home-state-unowned = Running, and waiting for its owner.
home-connected = { $count ->
    [0] Nobody is connected right now.
    [one] One connection is open.
   *[other] { $count } connections are open.
  }

home-open = Open in browser
home-opening = Opening…
home-open-failed = No browser could be opened. Copy the address and open it yourself.
home-open-copy = Copy the address to open

home-owner-title = Make your account
home-owner-text = Nobody owns this Hearth yet. The first account is yours: it opens in your browser and takes a minute.
home-owner-action = Make your account

home-federation-label = Federation
home-federation-hint = Chatting with people on other servers
home-on = On
home-off = Off
home-off-title = Stop chatting with other servers?
home-off-text = People here go on chatting with each other. Messages to other servers wait and are kept for up to 30 days. Other servers are told to try later.
home-off-waiting = { $count ->
    [0] Nothing waits right now.
    [one] One message waits right now.
   *[other] { $count } messages wait right now.
  }
home-off-confirm = Switch off
home-off-banner = Chatting with other servers is off. Messages to them wait.
home-on-done = { $count ->
    [0] Chatting with other servers is on.
    [one] Chatting with other servers is on. Sending one waiting message.
   *[other] Chatting with other servers is on. Sending { $count } waiting messages.
  }
home-off-done = Chatting with other servers is off.
home-change-failed = That did not work: { $problem }

home-reach-title = How people reach you
home-reach-address = Address for browsers
home-reach-name = Server name
home-reach-name-note = Part of every address here: name@{ $server }
home-reach-copy = Copy the address
home-reach-copy-name = Copy the server name
home-reach-qr = QR code of { $address }
home-reach-scan = Scan with a phone on a network that reaches this computer.
home-reach-here = On this computer
home-reach-listens = Listens on
home-reach-self-signed = The first time, browsers warn about this address, because this server made its certificate itself. The fingerprint tells you that it is the right one.

home-facts-title = This server
home-fact-status = Status
home-fact-running = Running
home-fact-uptime = Running for
home-fact-sockets = Open connections
home-fact-accounts = Accounts
home-fact-version = Version
home-fact-keys = Keys
home-keys-keyring = In this computer's password store
home-keys-sealed-file = In a file sealed with your passphrase
home-keys-plain-file = In a file without protection
home-keys-plain-file-note = Anyone who can read this computer account's files, or a backup of them, can pretend to be this server.
home-keys-memory = In memory only
home-keys-memory-note = They are gone when Hearth stops.
home-keys-other = { $kind }
home-fact-certificate = Certificate
home-certificate-self-signed = Made by this server
home-certificate-files = From your files
home-certificate-proxy = Looked after by your proxy
home-certificate-until = Valid until { $date }
home-fact-fingerprint = Fingerprint
home-fingerprint-note = A certificate proves that one talks to this server; its fingerprint is what people compare.

home-join-title = Who can make an account
home-join-open = Anyone
home-join-open-text = Anyone who finds this address can make an account.
home-join-invite = By invitation
home-join-invite-text = Only people you have invited can make an account.
home-join-closed = Nobody new
home-join-closed-text = No accounts are made. Those who have one go on as before.
home-join-done-open = Anyone can make an account now.
home-join-done-invite_only = Only invited people can make an account now.
home-join-done-closed = Nobody new can make an account now.

home-peers-title = Other servers
home-peers-empty = No servers yet
home-peers-empty-text = Hearth works fine alone. A server appears here when someone on it is added to a channel.
home-peer-well = Well
home-peer-waiting = Waiting
home-peer-paused = Paused
home-peer-held = Held
home-peer-request = Asks to connect
home-peer-blocked = Blocked
home-peer-unknown = Not heard from yet
home-peer-waits = { $count ->
    [one] One message has been waiting for { $time }
   *[other] { $count } messages wait, the oldest for { $time }
  }
home-peer-waits-plain = { $count ->
    [one] One message waits
   *[other] { $count } messages wait
  }
home-peer-heard = Last heard from { $time }
home-peer-heard-now = Heard from just now
home-peer-paused-text = It refuses messages from here at the moment.
home-peer-held-text = It shows a different identity than before. Nothing is sent to it until you decide.
home-peer-blocked-text = Nothing is taken from it and nothing is sent to it.
home-peer-request-text = First seen { $time }. Accept it if you know who runs it.
home-peer-fingerprint = Fingerprint
home-peer-accept = Accept
home-peer-accept-name = Accept { $server }
home-peer-accepting = Accepting…
home-peer-accepted = { $server } is accepted
home-peer-block = Block
home-peer-more = More about { $server }
home-peer-block-name = Block { $server }
home-peer-block-title = Block { $server }?
home-peer-block-text = Nothing is taken from it and nothing is sent to it any more. People there no longer see what is written in channels you share.
home-peer-blocked-done = { $server } is blocked
