import { type SandboxClock } from './clock';

/** What really happened in the world, whatever the caller was told about it. */
export interface Effect {
  kind:
    | 'container_created'
    | 'container_finished'
    | 'container_failed'
    | 'media_published'
    | 'media_posted_elsewhere'
    | 'media_deleted'
    | 'media_uploaded'
    | 'comment_created'
    | 'comment_written_elsewhere'
    | 'token_issued'
    | 'permission_revoked';
  account_id?: string | null;
  container_id?: string;
  media_id?: string;
  media_type?: string;
  media_product_type?: string;
  caption?: string;
  comment_id?: string;
  /** Of a comment. */
  text?: string;
  /** Of a carousel: its children's containers, in the order in which they show. */
  children?: string[];
  /** Of a new container: what it was made with, each parameter as text. No credentials, no queries of media URLs. */
  parameters?: Record<string, string>;
  /** Why a container failed: the subcode Meta would give and, for people, what was wrong with the bytes. */
  error_subcode?: number;
  reason?: string;
}

/** `normal`: as the effect deserves; `altered`: by a fault; `dropped`: socket destroyed; `hung`: never answered. */
export type Answered = 'pending' | 'normal' | 'altered' | 'dropped' | 'hung';

/** One request to a Graph or OAuth endpoint and what its caller got. Routes are templates: no ids, no tokens. */
export interface Call {
  method: string;
  route: string;
  endpoint: string;
  account_id: string | null;
  status: number | null;
  error_code: number | null;
  error_subcode: number | null;
  answered: Answered;
  fault: string | null;
  latency_ms: number | null;
  user_agent: string | null;
}

/** One download of media, as Meta's crawler makes them. Without the query: signatures live there. */
export interface Fetch {
  url: string;
  status: number | null;
  bytes: number;
  duration_ms: number;
  outcome: 'ok' | 'timeout' | 'unreachable' | 'too_large';
}

/** One request that brought bytes of a video. */
export interface Upload {
  container_id: string;
  account_id: string;
  /** What its headers said. */
  offset: number;
  file_size: number;
  /** How many of them came. */
  bytes: number;
  outcome: 'complete' | 'cut' | 'refused';
}

export type Stamped<T> = T & { sequence: number; at: string };

// The calls and fetches of a long load test would fill the memory; effects are the oracle and are all kept.
const KEPT = 100_000;

/** The sandbox's diary. Effects apart from answers: what the crash tests are judged by. */
export class Ledger {
  private sequence = 0;
  readonly effects: Stamped<Effect>[] = [];
  readonly calls: Stamped<Call>[] = [];
  readonly fetches: Stamped<Fetch>[] = [];
  readonly uploads: Stamped<Upload>[] = [];

  constructor(private readonly clock: SandboxClock) {}

  effect(effect: Effect): void {
    this.effects.push(this.stamp(effect));
  }

  /** Opens a call's entry; the caller fills in the answer once there is one. */
  call(call: Pick<Call, 'method' | 'route' | 'endpoint' | 'account_id' | 'user_agent'>): Stamped<Call> {
    const open = { status: null, error_code: null, error_subcode: null, fault: null, latency_ms: null };
    const entry = this.stamp<Call>({ ...call, ...open, answered: 'pending' });
    keep(this.calls, entry);
    return entry;
  }

  fetched(fetch: Fetch): void {
    keep(this.fetches, this.stamp(fetch));
  }

  uploaded(upload: Upload): void {
    keep(this.uploads, this.stamp(upload));
  }

  /** Changes whenever something happened in the world: what the grid page polls. */
  pulse(): string {
    return `${this.effects.length}-${this.effects.at(-1)?.sequence ?? 0}`;
  }

  clear(): void {
    for (const list of [this.effects, this.calls, this.fetches, this.uploads]) list.length = 0;
  }

  private stamp<T>(entry: T): Stamped<T> {
    this.sequence += 1;
    return { sequence: this.sequence, at: new Date(this.clock.now()).toISOString(), ...entry };
  }
}

function keep<T>(list: T[], entry: T): void {
  if (list.length >= KEPT) list.splice(0, KEPT / 10);
  list.push(entry);
}
