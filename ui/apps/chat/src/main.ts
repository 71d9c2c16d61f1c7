// The web client's first steps: whatever must happen before anything is shown.
import '@hearth/kit/styles.css';
import '@hearth/kit/brand.css';
import './app.css';
import { Api, BrowserDoor } from '@hearth/api';
import { restoreTheme } from '@hearth/kit';
import { mount } from 'svelte';
import App from './App.svelte';
import { Route } from './route.svelte.ts';
import { Session } from './state/session.svelte.ts';
import { restoreLanguage } from './words.ts';

restoreTheme();
await restoreLanguage();

// Reading the address takes a set-up token out of it at once, before anything else can see it.
const route = new Route();
const session = new Session(new Api(new BrowserDoor()));

const target = document.getElementById('app');
if (target) mount(App, { target, props: { session, route } });
