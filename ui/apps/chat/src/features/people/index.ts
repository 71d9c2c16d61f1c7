// Who is in a channel, and adding somebody.
export { default as PeopleDialog } from './PeopleDialog.svelte';
