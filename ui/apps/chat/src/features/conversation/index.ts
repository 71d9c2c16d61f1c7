// What is written in one channel.
export { default as Conversation } from './Conversation.svelte';
export { default as NoConversation } from './NoConversation.svelte';
export { viewsOf } from './views.ts';
