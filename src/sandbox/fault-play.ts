import { type FaultAction } from './faults';
import { type EffectTweaks } from './graph-call';
import { deadToken, GraphError, throttled, unknownObject } from './graph-error';
import { publishingError } from './publishing-error';
import { type Usage } from './settings';

/** What goes back over the wire; a string is sent as it is, anything else as JSON. */
export interface Answer {
  status: number;
  body: unknown;
  content_type?: string;
  /** What the usage header of that scope says instead; null: the header is missing. */
  usage?: { scope: 'account' | 'app'; values: Usage | null };
}

/** An answer, or none: the socket destroyed, or left open in silence. */
export type Outcome = Answer | 'drop' | 'hang';

/** What a fault needs from the call it strikes. */
export interface Struck {
  method: string;
  id: string;
  /** Does what the call asks for, and tells what would have been answered. */
  run: (tweaks?: EffectTweaks) => Promise<Answer>;
  /** Writes an error the way this endpoint does. */
  write: (error: GraphError) => Answer;
  /** Runs something after that much sandbox time. */
  later: (ms: number, run: () => void) => void;
}

const HTML_ERROR =
  '<!DOCTYPE html><html lang="en"><head><title>Facebook | Error</title></head>' +
  '<body><h1>Sorry, something went wrong.</h1></body></html>';

/** Plays one fault: decides whether the effect happens, when, and what the caller sees of it. */
export async function play(action: FaultAction, call: Struck): Promise<Outcome> {
  switch (action.kind) {
    case 'drop_before_effect':
      return 'drop';
    case 'drop_after_effect':
      await call.run();
      return 'drop';
    case 'error_before_effect':
      return call.write(scripted(action));
    case 'error_after_effect':
      await call.run();
      return call.write(scripted(action));
    case 'delayed_effect':
      // Nobody waits for it, so nobody is told when it fails.
      call.later(action.ms, () => void call.run().catch(() => undefined));
      return action.answer ?? 'drop';
    case 'slow':
      if (action.after_effect) {
        const answer = await call.run();
        await sleep(action.ms);
        return answer;
      }
      await sleep(action.ms);
      return call.run();
    case 'hang':
      if (action.after_effect) await call.run();
      return 'hang';
    case 'malformed':
      return malformed(await call.run(), action.body ?? 'junk');
    case 'lie': {
      const answer = await call.run();
      const told = { status_code: action.status_code, ...(action.status && { status: action.status }) };
      return { ...answer, body: { ...(answer.body as object), ...told } };
    }
    case 'unreadable':
      return call.write(unknownObject(call.method, call.id));
    case 'server_error':
      if (action.after_effect) await call.run();
      return serverError(action.http ?? 500, action.body ?? 'html', call);
    case 'throttle': {
      if (action.after_effect) await call.run();
      const answer = call.write(throttled(action.code, action.subcode, action.http));
      if (action.minutes === undefined) return answer;
      const values = { call_count: 100, total_cputime: 100, total_time: 100, minutes: action.minutes };
      return { ...answer, usage: { scope: action.code === 80002 ? 'account' : 'app', values } };
    }
    case 'usage': {
      const { kind: _kind, scope = 'account', ...values } = action;
      return { ...(await call.run()), usage: { scope, values } };
    }
    case 'token_dead':
      return call.write(deadToken(action.subcode ?? 460));
    case 'checkpoint':
      return call.write(publishingError(2207050));
    case 'processing':
      return call.run({ processing_ms: action.ms });
    case 'container_error':
      return call.run({ container_error: action.subcode });
    case 'stale_list':
      return call.run({ stale_ms: action.ms });
    case 'cut':
      await call.run({ upload: { after_bytes: action.after_bytes } });
      if (action.after_ms) await sleep(action.after_ms);
      return 'drop';
    case 'upload_refused': {
      const { after_bytes, retriable, type, message } = action;
      return call.run({ upload: { after_bytes, refuse: { retriable, type, message } } });
    }
  }
}

function scripted(action: Extract<FaultAction, { kind: 'error_before_effect' | 'error_after_effect' }>): GraphError {
  const { http = 400, code = 1, subcode, message = 'An unknown error occurred', is_transient } = action;
  return new GraphError({ http, code, subcode, message, is_transient });
}

/** A 200 that says nothing useful about what happened. */
function malformed(answer: Answer, body: 'junk' | 'no_id' | 'html' | 'empty' | 'truncated'): Answer {
  switch (body) {
    case 'junk':
      return { ...answer, status: 200, body: '\u0000\u0001 not json at all }{', content_type: 'application/json' };
    case 'no_id':
      return { ...answer, status: 200, body: { success: true } };
    case 'html':
      return { ...answer, status: 200, body: HTML_ERROR, content_type: 'text/html; charset=utf-8' };
    case 'empty':
      return { ...answer, status: 200, body: '', content_type: 'application/json' };
    case 'truncated':
      return {
        ...answer,
        status: 200,
        body: JSON.stringify(answer.body).slice(0, -4),
        content_type: 'application/json',
      };
  }
}

function serverError(http: number, body: 'html' | 'empty' | 'graph', call: Struck): Answer {
  if (body === 'html') return { status: http, body: HTML_ERROR, content_type: 'text/html; charset=utf-8' };
  if (body === 'empty') return { status: http, body: '', content_type: 'text/html' };
  const message = 'An unexpected error has occurred. Please retry your request later.';
  return call.write(new GraphError({ http, code: 2, message, is_transient: true }));
}

/** Real time: this is about how long the caller waits. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
