// The kit: how Hearth looks, speaks and is reached by keyboard. It knows no API.
export { announcer, Announcer } from './a11y/announcer.svelte.ts';
export { focusHeading, placeTitle } from './a11y/place.ts';
export { cycleRegions } from './a11y/regions.ts';
export { copyText } from './clipboard.ts';
export { default as AddressChip } from './components/AddressChip.svelte';
export { default as Avatar } from './components/Avatar.svelte';
export { default as Banner } from './components/Banner.svelte';
export { default as Button } from './components/Button.svelte';
export { default as ConnectionBar } from './components/ConnectionBar.svelte';
export { default as CopyButton } from './components/CopyButton.svelte';
export { default as Definition } from './components/Definition.svelte';
export { default as DefinitionList } from './components/DefinitionList.svelte';
export { default as Dialog } from './components/Dialog.svelte';
export { default as Duration } from './components/Duration.svelte';
export { default as EmptyState } from './components/EmptyState.svelte';
export { default as ErrorState } from './components/ErrorState.svelte';
export { default as Field } from './components/Field.svelte';
export { default as Fingerprint } from './components/Fingerprint.svelte';
export { default as IconButton } from './components/IconButton.svelte';
export { default as LiveRegion } from './components/LiveRegion.svelte';
export { default as Mark } from './components/Mark.svelte';
export { default as Menu } from './components/Menu.svelte';
export { default as MenuChoice } from './components/MenuChoice.svelte';
export { default as MenuItem } from './components/MenuItem.svelte';
export { default as QrCode } from './components/QrCode.svelte';
export { default as RadioCards } from './components/RadioCards.svelte';
export { default as RelativeTime } from './components/RelativeTime.svelte';
export { default as Secret } from './components/Secret.svelte';
export { default as Skeleton } from './components/Skeleton.svelte';
export { default as StatusTag, type Status } from './components/StatusTag.svelte';
export { default as Switch } from './components/Switch.svelte';
export { default as TextInput } from './components/TextInput.svelte';
export { default as ToastRegion } from './components/ToastRegion.svelte';
export { default as TypingLine } from './components/TypingLine.svelte';
export { addressText, parseAddress, type Address } from './format/address.ts';
export { fingerprintFull, fingerprintGroups, fingerprintShort } from './format/fingerprint.ts';
export { count, listOf } from './format/number.ts';
export { clockTime, duration, exactTime, longDate, relativeTime } from './format/time.ts';
export { restoreLanguage } from './i18n/choice.ts';
export { PSEUDO } from './i18n/direction.ts';
export { locale } from './i18n/locale.ts';
export {
  addMessages,
  currentLanguage,
  missingMessages,
  t,
  useLanguage,
  type MessageKey,
  type PlainKey,
} from './i18n/translate.svelte.ts';
export { default as Composer } from './messages/Composer.svelte';
export { default as MessageList } from './messages/MessageList.svelte';
export type { AuthorView, Delivery, MessageView } from './messages/view.ts';
export { chooseTheme, restoreTheme, theme, type ThemeChoice } from './theme.svelte.ts';
export { everyMinute, everySecond, Ticker } from './ticker.svelte.ts';
export { toasts, Toasts, type Toast } from './toasts.svelte.ts';
