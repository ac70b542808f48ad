import { integer, InvalidInput, oneOf, optional, orNull, shape, text } from './checks';
import { type SandboxClock } from './clock';
import { type GraphError, throttled } from './graph-error';
import { type Usage } from './settings';
import { type World } from './world';

const MINUTE_MS = 60_000;
/** Counted all the same, but not told one by one. */
const TOLD = 1_000;

const throttleCheck = shape({
  scope: oneOf('account', 'app'),
  account_id: optional(text),
  minutes: optional(integer(1)),
  ms: optional(integer(1)),
  code: optional(integer(1)),
  http_status: optional(integer(400)),
  grace_ms: optional(integer()),
  told_minutes: optional(orNull(integer())),
});

/** A call that came although its caller had been told to stop. */
interface LateCall {
  at: string;
  method: string;
  route: string;
  endpoint: string;
  account_id: string | null;
  /** Milliseconds between the first throttled answer and this call's arrival. */
  late_ms: number;
}

/** A time in which an account, or the whole app, is answered nothing but the rate limit error. */
interface Throttle {
  id: number;
  scope: 'account' | 'app';
  account_id: string | null;
  code: number;
  http_status: number;
  from: number;
  until: number;
  /** How long after the first throttled answer calls still may come in: those that were on their way. */
  grace_ms: number;
  /** What the usage header says instead of the minutes left; null: nothing, the header is missing. */
  told_minutes: number | null | undefined;
  first_answer_at: number | null;
  calls_answered: number;
  calls_while_throttled: number;
  late: LateCall[];
}

/** A window as the control API tells it; times are ISO 8601. */
interface ThrottleView extends Omit<Throttle, 'from' | 'until' | 'first_answer_at' | 'told_minutes'> {
  from: string;
  until: string;
  active: boolean;
  first_answer_at: string | null;
}

/** A call as it arrives. */
interface Arriving {
  method: string;
  route: string;
  endpoint: string;
  account_id: string | null;
  /** What the path is about; null: nothing that has an id. */
  node: string | null;
}

/** What a throttled call is answered. */
export interface Throttled {
  error: GraphError;
  usage: { scope: 'account' | 'app'; values: Usage | null };
  /** To be called once the answer is on its way. */
  sent: () => void;
}

/** The throttle windows, and who called in spite of them: what the pace of a client is judged by. Sandbox time. */
export class ThrottleBook {
  private throttles: Throttle[] = [];
  private lastId = 0;

  constructor(
    private readonly clock: SandboxClock,
    private readonly world: World,
  ) {}

  /** Throttles from now on. Throws InvalidInput. */
  add(input: unknown): ThrottleView {
    const { scope, account_id, minutes, ms, ...given } = throttleCheck(input, '');
    if ((minutes === undefined) === (ms === undefined)) throw new InvalidInput(['one of minutes and ms must be given']);
    if ((scope === 'account') !== (account_id !== undefined))
      throw new InvalidInput(['account_id must be given with scope account, and only then']);
    if (account_id !== undefined && !this.world.accounts.has(account_id))
      throw new InvalidInput([`account_id ${account_id} is not known here`]);
    const from = this.clock.now();
    this.lastId += 1;
    const throttle: Throttle = {
      id: this.lastId,
      scope,
      account_id: account_id ?? null,
      code: given.code ?? (scope === 'account' ? 80002 : 4),
      http_status: given.http_status ?? 400,
      from,
      until: from + (ms ?? (minutes ?? 0) * MINUTE_MS),
      grace_ms: given.grace_ms ?? 250,
      told_minutes: given.told_minutes,
      first_answer_at: null,
      calls_answered: 0,
      calls_while_throttled: 0,
      late: [],
    };
    this.throttles.push(throttle);
    return this.tell(throttle);
  }

  /** What this call is answered instead, if it is throttled: by the oldest window that fits. Counts it. */
  strike(call: Arriving): Throttled | null {
    if (this.throttles.length === 0) return null;
    const now = this.clock.now();
    const throttle = this.throttles.find((one) => now < one.until && concerns(one, call));
    if (!throttle) return null;
    throttle.calls_answered += 1;
    this.judge(throttle, call, now);
    return {
      error: throttled(throttle.code, undefined, throttle.http_status),
      usage: { scope: throttle.scope, values: usageOf(throttle, now) },
      sent: () => (throttle.first_answer_at ??= this.clock.now()),
    };
  }

  /** All windows, also those that are over: their counters are what one comes for. */
  list(): ThrottleView[] {
    return this.throttles.map((throttle) => this.tell(throttle));
  }

  /** Calls that came too late, over all windows. */
  violations(): number {
    return this.throttles.reduce((sum, { calls_while_throttled }) => sum + calls_while_throttled, 0);
  }

  remove(id: number): boolean {
    const before = this.throttles.length;
    this.throttles = this.throttles.filter((throttle) => throttle.id !== id);
    return this.throttles.length < before;
  }

  clear(): void {
    this.throttles = [];
  }

  private judge(throttle: Throttle, { node: _node, ...call }: Arriving, now: number): void {
    // Until somebody was told, nobody can know.
    if (throttle.first_answer_at === null) return;
    const late_ms = now - throttle.first_answer_at;
    if (late_ms <= throttle.grace_ms) return;
    throttle.calls_while_throttled += 1;
    if (throttle.late.length < TOLD) throttle.late.push({ at: iso(now), ...call, late_ms });
  }

  private tell({ from, until, first_answer_at, told_minutes: _told, ...throttle }: Throttle): ThrottleView {
    const first = first_answer_at === null ? null : iso(first_answer_at);
    return {
      ...throttle,
      from: iso(from),
      until: iso(until),
      active: this.clock.now() < until,
      first_answer_at: first,
    };
  }
}

/** An account's limit is about its own nodes; tokens and Pages have limits of their own (§5). The app's is about all. */
function concerns({ scope, account_id }: Throttle, call: Arriving): boolean {
  if (scope === 'app') return true;
  return call.account_id === account_id && ['account', 'container', 'media'].includes(call.node ?? '');
}

/** Whole minutes, as Meta tells them; X-App-Usage has no field for them. */
function usageOf({ until, told_minutes }: Throttle, now: number): Usage | null {
  if (told_minutes === null) return null;
  const minutes = told_minutes ?? Math.ceil((until - now) / MINUTE_MS);
  return { call_count: 100, total_cputime: 100, total_time: 100, minutes };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
