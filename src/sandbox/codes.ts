import { type SandboxClock } from './clock';
import { type Login } from './graph-error';
import { newCode } from './ids';
import { HOUR_MS } from './tokens';

/** What somebody agreed to in a consent dialog. */
export interface Grant {
  login: Login;
  client_id: string;
  redirect_uri: string;
  person_id: string | null;
  account_id: string | null;
  /** Pages ticked in Facebook's dialog; null = all. */
  pages: string[] | null;
  scopes: string[];
}

interface Code extends Grant {
  issued_at: number;
  used: boolean;
}

/** Why a code buys nothing. */
export type CodeProblem = 'unknown' | 'expired' | 'used' | 'redirect_mismatch';

/** Authorization codes: good for an hour, once, for the app and the exact redirect_uri they were issued to (§1). */
export class CodeStore {
  private readonly codes = new Map<string, Code>();

  constructor(private readonly clock: SandboxClock) {}

  issue(grant: Grant): string {
    const code = newCode();
    this.codes.set(code, { ...grant, issued_at: this.clock.now(), used: false });
    return code;
  }

  /** The grant behind the code, which is used up by this; or why not. A wrong redirect_uri does not use it up. */
  redeem(code: string, login: Login, clientId: string, redirectUri: string): Grant | CodeProblem {
    const known = this.codes.get(code);
    if (!known || known.login !== login || known.client_id !== clientId) return 'unknown';
    if (known.used) return 'used';
    if (this.clock.now() >= known.issued_at + HOUR_MS) return 'expired';
    if (known.redirect_uri !== redirectUri) return 'redirect_mismatch';
    known.used = true;
    return known;
  }

  clear(): void {
    this.codes.clear();
  }
}
