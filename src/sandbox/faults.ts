import { bool, type Check, integer, InvalidInput, isRecord, oneOf, optional, orNull, shape, text } from './checks';
import { usageFields } from './settings';

const errorFields = {
  http: optional(integer(400)),
  // Meta has negative codes, too.
  code: optional(integer(-Number.MAX_SAFE_INTEGER)),
  subcode: optional(integer()),
  message: optional(text),
  is_transient: optional(bool),
};

/** What can go wrong, with its arguments; docs/sandbox.md tells each in a sentence. */
const actions = {
  drop_before_effect: shape({}),
  drop_after_effect: shape({}),
  error_before_effect: shape(errorFields),
  error_after_effect: shape(errorFields),
  delayed_effect: shape({ ms: integer(), answer: optional(oneOf('drop', 'hang')) }),
  slow: shape({ ms: integer(), after_effect: optional(bool) }),
  hang: shape({ after_effect: optional(bool) }),
  malformed: shape({ body: optional(oneOf('junk', 'no_id', 'html', 'empty', 'truncated')) }),
  lie: shape({
    status_code: oneOf('IN_PROGRESS', 'FINISHED', 'PUBLISHED', 'ERROR', 'EXPIRED'),
    status: optional(text),
  }),
  unreadable: shape({}),
  server_error: shape({
    http: optional(integer(500)),
    body: optional(oneOf('html', 'empty', 'graph')),
    after_effect: optional(bool),
  }),
  throttle: shape({
    code: integer(1),
    subcode: optional(integer()),
    http: optional(integer(400)),
    minutes: optional(integer()),
    after_effect: optional(bool),
  }),
  usage: shape({ ...usageFields, scope: optional(oneOf('account', 'app')) }),
  token_dead: shape({ subcode: optional(integer()) }),
  checkpoint: shape({}),
  processing: shape({ ms: orNull(integer()) }),
  container_error: shape({ subcode: integer() }),
  stale_list: shape({ ms: integer() }),
  cut: shape({ after_bytes: integer(), after_ms: optional(integer()) }),
  upload_refused: shape({
    retriable: optional(bool),
    type: optional(text),
    message: optional(text),
    after_bytes: optional(integer()),
  }),
} satisfies Record<string, Check<object>>;

export type FaultKind = keyof typeof actions;
export type FaultAction = { [K in FaultKind]: { kind: K } & ReturnType<(typeof actions)[K]> }[FaultKind];

/** Which calls a fault is for; every given condition must hold. */
export interface FaultMatch {
  /** The endpoint's name in the ledger, e.g. `media_publish`; left out: any. */
  endpoint?: string;
  account_id?: string;
  /** Part of the caption of the post that the call is about. */
  caption_includes?: string;
  /** Only the n-th call that meets the other conditions, counted from 1. */
  nth?: number;
}

export interface Fault {
  id: number;
  match: FaultMatch;
  /** How many more calls it strikes; null = all of them. */
  times: number | null;
  do: FaultAction;
  /** How many calls met the conditions (without `nth`) and how many were struck. */
  seen: number;
  struck: number;
}

/** What a call is about, as far as faults care. */
export interface FaultSubject {
  endpoint: string;
  account_id: string | null;
  caption: string | null;
}

const faultCheck = shape({
  match: optional(
    shape({
      endpoint: optional(text),
      account_id: optional(text),
      caption_includes: optional(text),
      nth: optional(integer(1)),
    }),
  ),
  times: optional(orNull(integer(1))),
  do: actionCheck,
});

function actionCheck(value: unknown, at: string): FaultAction {
  const given = typeof value === 'string' ? { kind: value } : value;
  const kinds = Object.keys(actions) as FaultKind[];
  const { kind, ...rest } = isRecord(given) ? given : { kind: undefined };
  const known = kinds.find((name) => name === kind);
  if (!known) throw new InvalidInput([`${at}.kind must be one of ${kinds.join(', ')}`]);
  return { kind: known, ...actions[known](rest, at) } as FaultAction;
}

/** The faults that are armed, in the order they were added; the first that fits a call strikes it, alone. */
export class FaultBook {
  private faults: Fault[] = [];
  private lastId = 0;

  /** Throws InvalidInput. `do` may be just a name where no argument is needed. `times` is 1 when left out. */
  add(input: unknown, endpoints: ReadonlySet<string>): Fault {
    const { times = 1, do: action, ...given } = faultCheck(input, '');
    const match: FaultMatch = given.match ?? {};
    if (match.endpoint && !endpoints.has(match.endpoint)) {
      throw new InvalidInput([`match.endpoint must be one of ${[...endpoints].sort().join(', ')}`]);
    }
    this.lastId += 1;
    const fault: Fault = { id: this.lastId, match, times, do: action, seen: 0, struck: 0 };
    this.faults.push(fault);
    return fault;
  }

  /** The fault that strikes this call, if any; counts it. */
  strike(subject: FaultSubject): FaultAction | null {
    if (this.faults.length === 0) return null;
    let striking: Fault | null = null;
    for (const fault of this.faults) {
      if (fault.times === 0 || !fits(fault.match, subject)) continue;
      fault.seen += 1;
      if (fault.match.nth !== undefined && fault.match.nth !== fault.seen) continue;
      striking ??= fault;
    }
    if (!striking) return null;
    striking.struck += 1;
    if (striking.times !== null) striking.times -= 1;
    return striking.do;
  }

  list(): readonly Fault[] {
    return this.faults;
  }

  remove(id: number): boolean {
    const before = this.faults.length;
    this.faults = this.faults.filter((fault) => fault.id !== id);
    return this.faults.length < before;
  }

  clear(): void {
    this.faults = [];
  }
}

function fits(match: FaultMatch, subject: FaultSubject): boolean {
  if (match.endpoint && match.endpoint !== subject.endpoint) return false;
  if (match.account_id && match.account_id !== subject.account_id) return false;
  return !match.caption_includes || (subject.caption?.includes(match.caption_includes) ?? false);
}
