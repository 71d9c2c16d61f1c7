// The owner's first page.
export { default as Home } from './Home.svelte';
