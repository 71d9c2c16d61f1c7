// Before one is in.
export { default as Entry } from './Entry.svelte';
