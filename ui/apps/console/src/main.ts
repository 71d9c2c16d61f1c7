// The console's first steps: which door it stands at, then the page.
import '@hearth/kit/styles.css';
import './app.css';
import { Api, BrowserDoor } from '@hearth/api';
import { desktopApp, DesktopDoor, insideDesktopApp } from '@hearth/api/desktop';
import { restoreTheme } from '@hearth/kit';
import { mount } from 'svelte';
import App from './App.svelte';
import { Start } from './state/start.svelte.ts';
import { restoreLanguage } from './words.ts';

restoreTheme();
await restoreLanguage();

const app = insideDesktopApp() ? desktopApp : null;
const api = new Api(app ? new DesktopDoor() : new BrowserDoor());
const start = new Start(app);

const target = document.getElementById('app');
if (target) mount(App, { target, props: { api, app, start } });
