/** What `IsUrl` takes for an address of media; whether it may be connected to is asked later (net/url-policy.ts). */
export const A_URL = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };
