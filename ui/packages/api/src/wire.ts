// The API's types by the names that the faces use. All of them come from the server's document.
import type { components } from './generated.ts';

type Schemas = components['schemas'];

export type Channel = Schemas['ChannelResponse'];
export type LiveEvent = Schemas['LiveEvent'];
export type Me = Schemas['UserResponse'];
export type Member = Schemas['MemberResponse'];
export type Message = Schemas['MessageResponse'];
export type MessagePage = Schemas['MessagePage'];
export type OwnerStatus = Schemas['OwnerStatus'];
export type PeerState = Schemas['PeerState'];
export type PeerSummary = Schemas['PeerSummary'];
export type Profile = Schemas['PublicUserProfile'];
export type PublicConfig = Schemas['PublicConfigResponse'];
export type Registration = Schemas['RegisterRequest'];
export type RegistrationMode = Schemas['RegistrationModeName'];
export type SetupLink = Schemas['SetupLinkResponse'];
