// Oneself.
export { default as AccountMenu } from './AccountMenu.svelte';
