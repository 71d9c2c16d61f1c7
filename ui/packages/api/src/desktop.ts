// The half of this package that needs Tauri: kept apart so that the web client does not carry it.
export {
  commandCode,
  desktopApp,
  insideDesktopApp,
  type DesktopApp,
  type StartState,
} from './desktop-app.ts';
export { DesktopDoor } from './desktop-door.ts';
