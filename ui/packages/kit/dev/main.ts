// The kit's own page, in the development build only.
import '../src/styles/index.css';
import '../src/styles/brand.css';
import { mount } from 'svelte';
import { addMessages, restoreLanguage, restoreTheme } from '../src/index.ts';
import english from '../../../locales/en/kit.ftl?raw';
import Kit from './Kit.svelte';

addMessages('en', english);
restoreTheme();
await restoreLanguage([english]);

const target = document.getElementById('app');
if (target) mount(Kit, { target });
