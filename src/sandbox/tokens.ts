import { createHmac } from 'node:crypto';
import { type SandboxClock } from './clock';
import { deadToken, GraphError, type Login, unparsableToken } from './graph-error';
import { newTokenText } from './ids';
import { type App } from './world';

/** Everything Facebook Login can be asked for here (§1a). */
export const FACEBOOK_SCOPES = [
  'public_profile',
  'instagram_basic',
  'instagram_content_publish',
  'instagram_manage_comments',
  'instagram_manage_insights',
  'instagram_manage_messages',
  'instagram_manage_contents',
  'pages_show_list',
  'pages_read_engagement',
  'pages_manage_metadata',
  'business_management',
];
/** Everything Instagram Login can be asked for (§1b). */
export const INSTAGRAM_SCOPES = [
  'instagram_business_basic',
  'instagram_business_content_publish',
  'instagram_business_manage_comments',
  'instagram_business_manage_messages',
  'instagram_business_manage_insights',
];

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** About 60 days, the very number Meta answers. */
export const LONG_LIFE_MS = 5_183_944_000;

export interface Token {
  value: string;
  kind: 'user' | 'page' | 'instagram';
  app: App;
  person_id: string | null;
  page_id: string | null;
  account_id: string | null;
  scopes: Set<string>;
  /** Pages ticked in the dialog; null = all. */
  granted_pages: Set<string> | null;
  long_lived: boolean;
  issued_at: number;
  /** null = never. */
  expires_at: number | null;
  /** Subcode of the 190 that this token answers since it was revoked. */
  dead: number | null;
}

type NewToken = Pick<Token, 'kind' | 'app' | 'scopes' | 'expires_at'> & Partial<Token>;

export function loginOf(token: Token | undefined): Login {
  return token?.kind === 'instagram' ? 'instagram' : 'facebook';
}

/** All tokens ever handed out, in memory, by their text. */
export class TokenStore {
  private readonly byValue = new Map<string, Token>();
  private readonly pageTokens = new Map<string, Token>();

  constructor(private readonly clock: SandboxClock) {}

  mint(given: NewToken): Token {
    const token: Token = {
      value: newTokenText(given.kind === 'instagram' ? 'instagram' : 'facebook'),
      person_id: null,
      page_id: null,
      account_id: null,
      granted_pages: null,
      long_lived: false,
      issued_at: this.clock.now(),
      dead: null,
      ...given,
    };
    this.byValue.set(token.value, token);
    return token;
  }

  find(value: string): Token | undefined {
    return this.byValue.get(value);
  }

  /** The token behind the text, if it still works; the documented 190 otherwise. */
  require(value: string): Token {
    const token = this.byValue.get(value);
    if (!token) throw unparsableToken();
    const problem = this.problemOf(token);
    if (problem !== null) throw deadToken(problem);
    return token;
  }

  /** Subcode of the 190 that the token answers now; null while it works. */
  problemOf(token: Token): number | null {
    if (token.dead !== null) return token.dead;
    return token.expires_at !== null && this.clock.now() >= token.expires_at ? 463 : null;
  }

  /** A Page token never expires when it comes from a long-lived user token, else it dies with that token (§1a). */
  forPage(user: Token, pageId: string, accountId: string | null): Token {
    const key = `${user.value} ${pageId}`;
    const known = this.pageTokens.get(key);
    if (known && this.problemOf(known) === null) return known;
    const token = this.mint({
      ...user,
      value: newTokenText('facebook'),
      kind: 'page',
      page_id: pageId,
      account_id: accountId,
      issued_at: this.clock.now(),
      expires_at: user.long_lived ? null : user.expires_at,
      dead: null,
    });
    this.pageTokens.set(key, token);
    return token;
  }

  /** Ends every matching token with that 190 subcode; how many there were. */
  kill(subcode: number, matches: (token: Token) => boolean): number {
    const victims = [...this.byValue.values()].filter((token) => token.dead === null && matches(token));
    for (const token of victims) token.dead = subcode;
    return victims.length;
  }

  all(): Iterable<Token> {
    return this.byValue.values();
  }

  clear(): void {
    this.byValue.clear();
    this.pageTokens.clear();
  }
}

/** appsecret_proof: lowercase hex HMAC-SHA256 of the token under the app secret; refused when sent and wrong (§1a). */
export function checkProof(proof: string | undefined, token: Token, required: boolean): void {
  if (proof === undefined && !required) return;
  if (proof === createHmac('sha256', token.app.secret).update(token.value).digest('hex')) return;
  const message =
    proof === undefined
      ? 'API calls from the server require an appsecret_proof argument'
      : 'Invalid appsecret_proof provided in the API argument';
  throw new GraphError({ http: 400, code: 100, type: 'GraphMethodException', message });
}
