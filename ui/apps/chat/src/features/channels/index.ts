// The channels at the side.
export { default as ChannelList } from './ChannelList.svelte';
