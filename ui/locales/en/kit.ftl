# Words of the shared components.

kit-reveal = Show what you type
kit-show = Show
kit-hide = Hide
kit-length-more = { $missing ->
    [one] One more character
   *[other] { $missing } more characters
  }
kit-length-enough = Long enough. Longer is better.

kit-status-well = Well
kit-status-waiting = Waiting
kit-status-attention = Attention
kit-status-held = Held
kit-status-off = Off
kit-status-unknown = Unknown

kit-copied = Copied
kit-copy-failed = Could not copy. Select the text and copy it by hand.
kit-fingerprint = Fingerprint
kit-copy-fingerprint = Copy the fingerprint
kit-retry = Try again
kit-trying = Trying…
kit-close = Close
kit-cancel = Cancel
kit-needed = Please fill this in.
kit-dismiss = Dismiss
kit-undo = Undo

kit-typing-one = { $name } is writing…
kit-typing-two = { $first } and { $second } are writing…
kit-typing-many = Several people are writing…

kit-unread-line = New
kit-new-messages = { $count ->
    [one] One new message
   *[other] { $count } new messages
  }
kit-message-sending = Sending
kit-message-waiting = Waiting to be sent
kit-message-failed = Not sent
kit-message-edited = edited
kit-message-retry = Retry
kit-message-edit = Edit
kit-message-delete = Delete
kit-message-copy = Copy the text
kit-composer-send = Send
kit-composer-hint = Enter sends, Shift+Enter starts a new line
