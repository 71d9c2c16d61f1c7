// The double on a port of its own, with a few people and channels, for working on screens without a server:
// `npm run double`, then `npm run dev` (the chat) or `npm run dev:console`. Any password but "wrong" lets alice in.
import { village } from './chat-scenes.mjs';
import { house } from './console-scenes.mjs';

const PORT = 5180;

const { server, kitchen, ben } = await village(PORT);
server.owner = house();
const CHATTER_MS = 20_000;
setInterval(() => server.say(kitchen, ben, 'Still here. The kettle is on.'), CHATTER_MS);
console.log(`The double listens on http://127.0.0.1:${PORT}`);
