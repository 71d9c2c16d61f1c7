# The chat itself.

chat-skip = Skip to the messages
chat-region-channels = Channels
chat-region-side = Channels and account
chat-region-conversation = Conversation

chat-channels = Channels
chat-new-channel = New channel
chat-no-channels-title = No channels yet
chat-no-channels-text = A channel is a room for some of you. Make one, then add people to it.
chat-channels-failed = Your channels could not be loaded
chat-unread = { $count ->
    [one] one new message
   *[other] { $count } new messages
  }
chat-unnamed = Unnamed channel
chat-back = Back to channels
chat-choose-title = Nothing open
chat-choose-text = Choose a channel on the left.
chat-gone-title = This channel is not here
chat-gone-text = It was deleted, or you are not in it.
chat-unread-title = ({ $count }) { $place }

chat-account = Your account
chat-copy-address = Copy my address
chat-address-copied = Address copied
chat-theme = Colours
chat-theme-system = As the system
chat-theme-light = Light
chat-theme-dark = Dark
chat-sign-out = Sign out
chat-sign-out-waiting-title = Sign out with unsent messages?
chat-sign-out-waiting-text = { $count ->
    [one] One message has not been sent yet and would be lost.
   *[other] { $count } messages have not been sent yet and would be lost.
  }
chat-sign-out-failed = Signing out did not work: the server did not answer.

chat-offline = No connection since { $time }. You can write; it will be sent.
chat-back-online = Connected again.

chat-private-none = Servers in this channel can read messages
chat-private-mls = End-to-end encrypted

chat-new-title = New channel
chat-new-name = Name
chat-new-name-hint = What it is about, so that people find it.
chat-new-open = Only people who are added can take part. It is not end-to-end encrypted: the servers in the channel can read messages.
chat-new-create = Create channel
chat-new-creating = Creating…

chat-people = People
chat-people-count = { $count ->
    [one] One person in this channel
   *[other] { $count } people in this channel
  }
chat-people-title = People in { $channel }
chat-people-failed = The list of people could not be loaded
chat-you = you
chat-owner = owner
chat-unknown-person = Someone who left

chat-add-label = Add someone
chat-add-hint = A name on this server, or name@server for someone elsewhere.
chat-add-look-up = Look up
chat-add-looking = Looking for { $person } on { $server }…
chat-add-found = Found { $person }
chat-add-not-found = There is no { $person } on { $server }.
chat-add-unreachable = { $server } does not answer. Nobody there can be added until it does.
chat-add-blocked = { $server } is blocked here.
chat-add-held = { $server } shows a different identity than before. The people who run this server have to decide about it first.
chat-add-pending = { $server } is new here. The people who run this server have to let it in first.
chat-add-refused = { $server } does not answer questions from here.
chat-add-federation-off = Chatting with other servers is switched off here at the moment.
chat-add-malformed = This is not an address. Write a name, or name@server.
chat-add-here = In this channel already
chat-add = Add { $person }
chat-adding = Adding…
chat-added = { $person } is in the channel now

chat-messages-in = Messages in { $channel }
chat-messages-failed = The messages could not be loaded
chat-message-to = Message to { $channel }
chat-placeholder = Write to { $channel }
chat-start-title = This is the beginning of { $channel }
chat-start-text = Write the first message, or add the people you want to talk to.
chat-announce = { $name }: { $text }
