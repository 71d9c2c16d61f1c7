// Generated from packages/api/openapi.json by `npm run generate`. Do not edit.

export interface paths {
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in, as a new device. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description `1` asks for a cookie instead of tokens */
                    "x-hearth"?: string | null;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["LoginRequest"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TokenResponse"];
                    };
                };
                /** @description Wrong name or password */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description Banned or suspended */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Signs out: the session of the refresh token, or that of the cookie, and closes its sockets. A refresh token
         *     that nobody knows is no error.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            /** @description With tokens; a cookie session sends no body */
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RefreshRequest"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchanges a refresh token for a new pair. The old one works for another minute, for clients whose tabs
         *     refresh at the same time (d3chat.md A5).
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RefreshRequest"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TokenResponse"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description Banned or suspended */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes an account and signs it in. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description `1` asks for a cookie instead of tokens */
                    "x-hearth"?: string | null;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RegisterRequest"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TokenResponse"];
                    };
                };
                /** @description Registration is not open to this person */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description The name is taken */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/ws-ticket": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hands out a ticket for one WebSocket connection. There is no body. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TicketResponse"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The channels that one is a member of. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChannelResponse"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a channel; whoever makes it owns it. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CreateChannelRequest"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChannelResponse"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{channel_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One channel. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The channel */
                    channel_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChannelResponse"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{channel_id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The members of a channel. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The channel */
                    channel_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MemberResponse"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
            };
        };
        put?: never;
        /** Brings somebody into a channel. Their server learns of it by itself, at once or when it can be reached. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The channel */
                    channel_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AddMemberRequest"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MemberResponse"];
                    };
                };
                /** @description A conversation of two takes no third */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{channel_id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reads what was said in a channel. */
        get: {
            parameters: {
                query: {
                    /** @description Only older ones than this time. */
                    before?: string;
                    /** @description Only those after this number, oldest first: what was missed. Wins over `before`. */
                    after?: number;
                    /** @description How many at most. */
                    limit: number;
                };
                header?: never;
                path: {
                    /** @description The channel */
                    channel_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MessagePage"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
            };
        };
        put?: never;
        /** Says something in a channel. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The channel */
                    channel_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SendMessageRequest"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MessageResponse"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description The client key belongs to a message in another channel */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
                /** @description The disk is full */
                507: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public configuration (d3chat.md 3.10). */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PublicConfigResponse"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/channels/{channel_id}/sender-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The keys of every device in a channel. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The channel */
                    channel_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SenderKeyResponse"][];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
            };
        };
        put?: never;
        /** Keeps a device's key for a channel and hands it to every server that takes part. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The channel */
                    channel_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UploadSenderKeyRequest"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SenderKeyResponse"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/owner/federation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Switches federation on or off. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["FederationSwitch"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FederationSwitch"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/owner/peers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The servers that this one knows. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PeerSummary"][];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/owner/peers/{domain}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets a server in that asks for it. There is no body. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The server's name */
                    domain: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description It cannot be reached or makes no sense */
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/owner/peers/{domain}/block": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Blocks a server: nothing is taken from it or sent to it. There is no body. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The server's name */
                    domain: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/owner/registration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Decides who may make an account. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RegistrationSwitch"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RegistrationSwitch"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/owner/setup-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a fresh setup link; an earlier one stops working. There is no body. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SetupLinkResponse"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description There is an owner */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/owner/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the server is. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnerStatus"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/lookup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Somebody, by address; asks the other server when this one does not know them yet. */
        get: {
            parameters: {
                query: {
                    /** @description `user@server`. */
                    identity: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PublicUserProfile"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description Nobody, or the other server cannot be asked: see `code` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
                /** @description Too many look-ups on other servers: see Retry-After */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own account. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UserResponse"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Somebody, by id. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id on this server */
                    user_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PublicUserProfile"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValidationProblem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server answers at all (d3chat.md 3.10). */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Liveness"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Whom to bring in. */
        AddMemberRequest: {
            /**
             * Format: uuid
             * @description The id on this server; people of other servers have one after a look-up.
             */
            user_id: string;
        };
        /** @description A file that came with a message. */
        AttachmentResponse: {
            /** @description What the file says it is. */
            content_type: string;
            /** @description The name that the sender's device gave it. */
            filename: string;
            /**
             * Format: int32
             * @description Height in pixels, of pictures.
             */
            height: number | null;
            /**
             * Format: uuid
             * @description The id.
             */
            id: string;
            /**
             * Format: int64
             * @description How large it is.
             */
            size_bytes: number;
            /** @description Where to get a small picture of it. */
            thumbnail_url: string | null;
            /** @description Where to get it. */
            url: string;
            /**
             * Format: int32
             * @description Width in pixels, of pictures.
             */
            width: number | null;
        };
        /** @description A channel, as a member sees it. */
        ChannelResponse: {
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /**
             * Format: uuid
             * @description Who made it, if that is known here.
             */
            created_by: string | null;
            /** @description How messages are protected: `sender_keys`, `x3dh`. */
            encryption_type: string;
            /**
             * Format: uuid
             * @description The id; the same on every server that takes part.
             */
            id: string;
            /** @description Whether this is a conversation of two. */
            is_dm: boolean;
            /** @description Whether people of other servers are members. */
            is_federated: boolean;
            /**
             * Format: int64
             * @description The number of its newest message, 0 when there is none. Not part of events.
             */
            last_seq?: number | null;
            /** @description The name; none for conversations of two. */
            name: string | null;
        };
        /** @description What a client may send on `/ws`. */
        ClientMessage: {
            /** @description `online`, `away` or `offline`. */
            status: string;
            /** @enum {string} */
            type: "presence.update";
        } | {
            /**
             * Format: uuid
             * @description The channel.
             */
            channel_id: string;
            /** @enum {string} */
            type: "subscribe";
        } | {
            /**
             * Format: uuid
             * @description Where.
             */
            channel_id: string;
            /** @enum {string} */
            type: "typing.start";
        } | {
            /**
             * Format: uuid
             * @description Where.
             */
            channel_id: string;
            /** @enum {string} */
            type: "typing.stop";
        };
        /** @description A new channel. Conversations of two have a route of their own, so `is_dm` is not read (d3chat.md C5). */
        CreateChannelRequest: {
            /**
             * @description How messages are protected.
             * @default sender_keys
             */
            encryption_type: string;
            /** @description What to call it. */
            name: string;
        };
        /** @description One fault. */
        Fault: {
            /** @description The limit that was missed, where there is one. */
            ctx?: Record<string, never> | null;
            /** @description Where: `body`, `query` or `path`, then the field's name or a position. */
            loc: Record<string, never>[];
            /** @description What is wrong, for people. */
            msg: string;
            /** @description What kind of fault, for programs: `missing`, `string_too_long` and so on. */
            type: string;
        };
        /** @description Whether the server talks to others. */
        FederationSwitch: {
            /** @description On or off. Off: local chat goes on, queues wait, others are told to come back later. */
            enabled: boolean;
        };
        /** @description Where the keys are. */
        KeyStoreStatus: {
            /** @description `keyring`, `sealed-file` or `plain-file`. */
            kind: string;
            /** @description What the owner should know about that choice. */
            note: string | null;
        };
        /** @description What the server tells a client. Clients ignore types that they do not know. */
        LiveEvent: {
            /** @description The channel. */
            channel: components["schemas"]["ChannelResponse"];
            /** @enum {string} */
            type: "channel.new";
        } | {
            /**
             * Format: uuid
             * @description The channel.
             */
            channel_id: string;
            /** @description The new member. */
            member: components["schemas"]["MemberResponse"];
            /** @enum {string} */
            type: "member.joined";
        } | {
            /**
             * Format: uuid
             * @description The channel.
             */
            channel_id: string;
            /** @enum {string} */
            type: "member.left";
            /**
             * Format: uuid
             * @description Who left.
             */
            user_id: string;
        } | {
            /** @description What was said. */
            message: components["schemas"]["MessageResponse"];
            /** @enum {string} */
            type: "message.new";
        } | {
            /**
             * Format: uuid
             * @description The channel.
             */
            channel_id: string;
            /**
             * Format: uuid
             * @description The device whose key it is.
             */
            device_id: string;
            /** @description The device's owner, after the `@`. */
            origin_server: string;
            /** @description The device's owner, before the `@`. */
            sender_username: string;
            /** @enum {string} */
            type: "sender_key.new";
        } | {
            /** @description Which setting. */
            key: string;
            /** @enum {string} */
            type: "settings.changed";
            /** @description Its value now. */
            value: Record<string, never>;
        } | {
            /**
             * Format: uuid
             * @description Where.
             */
            channel_id: string;
            /** @enum {string} */
            type: "typing.start";
            /**
             * Format: uuid
             * @description Who.
             */
            user_id: string;
        } | {
            /**
             * Format: uuid
             * @description Where.
             */
            channel_id: string;
            /** @enum {string} */
            type: "typing.stop";
            /**
             * Format: uuid
             * @description Who.
             */
            user_id: string;
        };
        /** @description The answer of the liveness probe. */
        Liveness: {
            /**
             * @description Always `ok`: a server that answers is alive.
             * @example ok
             */
            status: string;
        };
        /** @description A name and a password. */
        LoginRequest: {
            /**
             * @description What to call the device that signs in.
             * @default default
             */
            device_name: string;
            /** @description The password. */
            password: string;
            /** @description The name before the `@`. */
            username: string;
        };
        /** @description A member of a channel. */
        MemberResponse: {
            /** @description Where the picture is. */
            avatar_url: string | null;
            /** @description The name to show instead of the username. */
            display_name: string | null;
            /** @description Whether the account is on this server. */
            is_local: boolean;
            /**
             * Format: date-time
             * @description Since when.
             */
            joined_at: string;
            /** @description `owner` or `member`. */
            role: string;
            /** @description The server after the `@`. */
            server_domain: string;
            /**
             * Format: uuid
             * @description The member's id on this server.
             */
            user_id: string;
            /** @description The name before the `@`. */
            username: string;
        };
        /** @description A piece of a channel's history. */
        MessagePage: {
            /** @description Whether there are more in the direction of reading. */
            has_more: boolean;
            /** @description The messages, oldest first. */
            messages: components["schemas"]["MessageResponse"][];
        };
        /** @description A message. */
        MessageResponse: {
            /** @description Files that came with it. */
            attachments: components["schemas"]["AttachmentResponse"][];
            /**
             * Format: uuid
             * @description Where it was said.
             */
            channel_id: string;
            /** @description The text, or what only clients can read. */
            content: string;
            /** @description What the content is. */
            content_type: string;
            /**
             * Format: date-time
             * @description When it was said, by this server's clock.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            edited_at: string | null;
            /**
             * Format: uuid
             * @description The id on this server.
             */
            id: string;
            /**
             * Format: int32
             * @description 1: plain, 2: encrypted.
             */
            protocol_version: number;
            reply_to: components["schemas"]["ReplyResponse"] | null;
            /**
             * Format: uuid
             * @description The message it answers.
             */
            reply_to_id: string | null;
            /**
             * Format: uuid
             * @description The device that encrypted it.
             */
            sender_device_id: string | null;
            /**
             * Format: uuid
             * @description Who said it; none when the account is gone.
             */
            sender_id: string | null;
            /**
             * Format: int64
             * @description Its place in the channel, counted from 1 without gaps: what clients order by and catch up from.
             */
            seq: number;
        };
        /** @description How the server is. */
        OwnerStatus: {
            /** @description The addresses it listens on. */
            addresses: string[];
            /** @description What it calls itself. */
            app_name: string;
            /** @description The address that a browser on this machine opens. */
            browser_url: string;
            /** @description Why this server does not take part in Cryptid; none when it does. */
            cryptid_note?: string | null;
            /** @description Whether it talks to other servers. */
            federation_enabled: boolean;
            /** @description The fingerprint of the certificate that is served; none behind a proxy. */
            fingerprint: string | null;
            /** @description Whether the owner's account exists. */
            has_owner: boolean;
            /** @description Where the keys are. */
            key_store: components["schemas"]["KeyStoreStatus"];
            /** @description Other servers in numbers. */
            peers: components["schemas"]["PeerCounts"];
            /** @description Who may make an account. */
            registration_mode: string;
            /** @description The name by which people and servers know this one. */
            server_name: string;
            /** @description WebSocket connections. */
            sockets: number;
            /**
             * Format: date-time
             * @description Since when it runs.
             */
            started_at: string;
            /** @description Always `running`: a server in another state does not answer. */
            state: string;
            /** @description How connections are encrypted. */
            tls: components["schemas"]["TlsStatus"];
            /**
             * Format: int64
             * @description For how long it has been running.
             */
            uptime_seconds: number;
            /**
             * Format: int64
             * @description Accounts.
             */
            users: number;
            /** @description The version of the program. */
            version: string;
        };
        /** @description Other servers in numbers. */
        PeerCounts: {
            /**
             * Format: int64
             * @description Servers with an open question of trust.
             */
            held: number;
            /**
             * Format: int64
             * @description Servers that this one knows.
             */
            known: number;
            /**
             * Format: int64
             * @description Servers that wait for the owner to let them in.
             */
            requests: number;
            /**
             * Format: int64
             * @description Events that wait to be delivered.
             */
            waiting_events: number;
        };
        /**
         * @description How another server stands.
         * @enum {string}
         */
        PeerState: "well" | "waiting" | "paused" | "held" | "request" | "blocked" | "unknown";
        /** @description A server that this one knows. */
        PeerSummary: {
            /** @description Its name. */
            domain: string;
            /** @description The fingerprint of the certificate that is trusted, or asks to be. */
            fingerprint: string | null;
            /**
             * Format: date-time
             * @description When it was first met.
             */
            first_seen_at: string;
            /**
             * Format: date-time
             * @description When it was last proved to be there.
             */
            last_contact_at: string | null;
            /** @description What went wrong last. */
            last_error: string | null;
            /**
             * Format: date-time
             * @description Since when the oldest of them waits.
             */
            oldest_waiting_at: string | null;
            /** @description How it stands. */
            state: components["schemas"]["PeerState"];
            /**
             * Format: int64
             * @description Events that wait to be delivered to it.
             */
            waiting: number;
        };
        /** @description The body of every refusal but 422. */
        Problem: {
            /** @description The same for programs: a stable word. */
            code: string;
            /** @description What is wrong, in words that clients show. */
            detail: string;
        };
        /** @description What clients show before anybody has signed in. */
        PublicConfigResponse: {
            /** @description A sentence about it. */
            app_description: string;
            /** @description What this server calls itself. */
            app_name: string;
            /** @description The colour of small signs of life, `#rrggbb`. */
            brand_accent_color: string;
            /** @description The colour of actions, `#rrggbb`. */
            brand_primary_color: string;
            /** @description Whether the server has been set up. While it has not, only the setup link leads anywhere. */
            has_owner: boolean;
            /** @description Who may make an account: `open`, `invite_only` or `closed`. */
            registration_mode: string;
            /** @description The name that addresses of this server's people end with. */
            server_domain: string;
        };
        /** @description Another person, here or elsewhere (d3chat.md 3.2). */
        PublicUserProfile: {
            /** @description Where the picture is. */
            avatar_url: string | null;
            /** @description A few words about oneself. */
            bio: string | null;
            /**
             * Format: date-time
             * @description Since when this server knows the account.
             */
            created_at: string;
            /** @description The name to show instead of the username. */
            display_name: string | null;
            /** @description The e-mail address, if its owner shows it. */
            email: string | null;
            /**
             * Format: uuid
             * @description The id on this server.
             */
            id: string;
            /** @description Whether the account is on this server. */
            is_local: boolean;
            /** @description `user`, `admin` or `superadmin`; for people elsewhere always `user`. */
            role: string;
            /** @description The server after the `@`. */
            server_domain: string;
            /** @description What one is doing. */
            status_message: string | null;
            /** @description The name before the `@`. */
            username: string;
        };
        /** @description A refresh token. */
        RefreshRequest: {
            /** @description The newest refresh token of the session. */
            refresh_token: string;
        };
        /** @description A new account. */
        RegisterRequest: {
            /**
             * @description What to call the device that registers.
             * @default default
             */
            device_name: string;
            /** @description The name to show instead of the username. */
            display_name?: string | null;
            /** @description An e-mail address. Nothing is sent there yet. */
            email?: string | null;
            /** @description The password. */
            password: string;
            /** @description The token of the setup link. It makes the account the owner's and opens any registration mode. */
            setup_token?: string | null;
            /** @description The name before the `@`. */
            username: string;
        };
        /**
         * @description The words of registration modes.
         * @enum {string}
         */
        RegistrationModeName: "open" | "invite_only" | "closed";
        /** @description Who may make an account. */
        RegistrationSwitch: {
            /** @description `open`, `invite_only` or `closed`. */
            mode: components["schemas"]["RegistrationModeName"];
        };
        /** @description The message that another one answers. */
        ReplyResponse: {
            /** @description The text, or what only clients can read. */
            content: string;
            /** @description What the content is. */
            content_type: string;
            /**
             * Format: uuid
             * @description The id on this server.
             */
            id: string;
            /**
             * Format: int32
             * @description 1: plain, 2: encrypted.
             */
            protocol_version: number;
            /**
             * Format: uuid
             * @description Who said it.
             */
            sender_id: string | null;
        };
        /** @description Something to say. */
        SendMessageRequest: {
            /**
             * @description Drawn by the client for this message and repeated with every attempt to send it: whoever repeats a
             *     request gets the message that the first one made.
             */
            client_key?: string | null;
            /** @description The text, or what only clients can read. At most 65536 bytes of UTF-8. */
            content: string;
            /**
             * @description What the content is.
             * @default text
             */
            content_type: string;
            /**
             * Format: int64
             * @description 1: plain, 2: encrypted.
             * @default 1
             */
            protocol_version: number;
            /**
             * Format: uuid
             * @description The message it answers, of the same channel.
             */
            reply_to_id?: string | null;
            /**
             * Format: uuid
             * @description The device that encrypted it; must be one of the sender's.
             */
            sender_device_id?: string | null;
        };
        /** @description The key with which a device's messages in a channel are read. */
        SenderKeyResponse: {
            /** @description The chain that message keys come from. */
            chain_key: string;
            /**
             * Format: uuid
             * @description The device.
             */
            device_id: string;
            /**
             * Format: int64
             * @description How many messages the chain is ahead of its start.
             */
            message_number: number;
            /** @description Names the key. */
            sender_key_public: string;
        };
        /** @description A link that makes its user the owner. A secret. */
        SetupLinkResponse: {
            /**
             * Format: date-time
             * @description When it stops working.
             */
            expires_at: string;
            /** @description The address to open in a browser; the secret is in its fragment, which browsers keep to themselves. */
            url: string;
        };
        /** @description What the server answers to a frame that it cannot take. The socket stays open. */
        SocketError: {
            /** @description What was wrong. */
            error: string;
        };
        /** @description A ticket for one WebSocket connection. */
        TicketResponse: {
            /** @description Goes into the query of `/ws`, once, within half a minute. */
            ticket: string;
        };
        /** @description How connections are encrypted. */
        TlsStatus: {
            /** @description `self-signed`, `files` or `proxy`. */
            mode: string;
            /**
             * Format: date-time
             * @description When the certificate ends; none behind a proxy.
             */
            not_after: string | null;
        };
        /** @description A session has begun or goes on. Which fields are there depends on `token_type`. */
        TokenResponse: {
            /** @description What to send as `Authorization: Bearer`. Absent with `cookie`. */
            access_token?: string | null;
            /**
             * Format: uuid
             * @description The device that this session belongs to.
             */
            device_id: string;
            /** @description What to get the next access token with. Absent with `cookie`. */
            refresh_token?: string | null;
            /** @description `bearer`, or `cookie` for our own browser client. */
            token_type: string;
            /**
             * Format: uuid
             * @description The account.
             */
            user_id: string;
        };
        /** @description A device's key for a channel. A further one replaces the first. */
        UploadSenderKeyRequest: {
            /** @description The chain that message keys come from. */
            chain_key: string;
            /**
             * Format: uuid
             * @description The device; must be one of the uploader's.
             */
            device_id: string;
            /** @description Names the key. */
            sender_key_public: string;
        };
        /** @description One's own account (d3chat.md 3.2). */
        UserResponse: components["schemas"]["PublicUserProfile"] & {
            /** @description Whether others see the e-mail address. */
            email_visible: boolean;
            /** @description Whatever the client keeps here. */
            preferences: Record<string, never>;
        };
        /** @description The body of a 422 answer: every fault that was found. */
        ValidationProblem: {
            /** @description The faults, in the order of the request's fields. */
            detail: components["schemas"]["Fault"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
