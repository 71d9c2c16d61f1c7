// Before the server runs.
export { default as StartPage } from './StartPage.svelte';
