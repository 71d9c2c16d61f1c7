# Before the server runs.

start-starting-title = Starting
start-starting-text = Opening the data and the keys. This takes a moment.

start-keys-why = Every server has a secret key by which other servers recognise it. It belongs in your computer's password store (the keyring), where no other program can read it.
start-keys-locked-title = The password store is locked
start-keys-locked-text = Unlock it with the password of your computer account, then try again.
start-keys-absent-title = There is no password store
start-keys-absent-text = No keyring runs on this computer. You can install one (for example GNOME Keyring or KWallet) and try again, or keep the keys in a file that only your passphrase opens.
start-keys-denied-title = The password store refuses access
start-keys-denied-text = Allow Hearth to use it in the settings of your system, then try again. Or keep the keys in a file that only your passphrase opens.
start-keys-failed-title = The password store does not work
start-keys-failed-text = Try again. If it keeps failing, keep the keys in a file that only your passphrase opens.
start-keys-plain-title = The keys lie in a file without protection
start-keys-plain-text = This Hearth was last run without a window and keeps its keys in a plain file. To go on with that file, set the key store to "file" in hearth.toml (or HEARTH_KEYS_STORE=file), then try again.
start-keys-lost-title = The keys of this Hearth are missing
start-keys-lost-text = This Hearth had keys when it ran last, and they are not where they were. Hearth makes no new ones by itself: other servers would take it for somebody else. Bring the password store or the key file back, then try again.

start-file-title = Use a passphrase instead
start-file-text = The keys go into a file sealed with a passphrase. You will be asked for it at every start. It cannot be recovered: without it, this server's identity is gone.
start-passphrase = Passphrase
start-passphrase-hint = At least { $least } characters. Several unrelated words work well.
start-passphrase-again = The same passphrase again
start-passphrase-use = Keep the keys in a file
start-passphrase-using = Sealing the file…
start-passphrase-short = At least { $least } characters.
start-passphrase-differs = The two are not the same.

start-unseal-title = Enter your passphrase
start-unseal-text = The keys of this Hearth are in a file that only your passphrase opens.
start-unseal = Start
start-unsealing = Opening the file…
start-unseal-wrong = This passphrase does not open the file.

start-failed-title = Hearth did not start
start-failed-address-in-use = Another program uses the port that Hearth listens on. Close it, or choose another port in the settings file.
start-failed-folder-in-use = Another Hearth uses this data folder already. Close it first.
start-failed-database-damaged = The database is damaged. It is kept as it is, and nothing is served from it.
start-failed-database-newer = The data was written by a newer Hearth. Install that version or a newer one.
start-failed-name-changed = The settings name this server differently than its data does. A server's name cannot change.
start-failed-other = What the server said is below. Trying again may help.
start-details = Details
