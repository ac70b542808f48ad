import { type GraphErrorKind } from './error-kind';
import { type GraphUsage } from './usage';

export type GraphHost = 'facebook' | 'instagram' | 'instagram_oauth' | 'rupload';

/** What may be told about one call: an allow-list, with no token, query, id or body in it. */
export interface GraphCallObservation {
  method: 'GET' | 'POST';
  host: GraphHost;
  /** A template such as `/{ig-id}/media_publish`. */
  route: string;
  /** Null when no answer came. */
  status: number | null;
  durationMs: number;
  /** Null when the call succeeded. */
  kind: GraphErrorKind | null;
  code: number | null;
  subcode: number | null;
  fbtraceId: string | null;
  usage: GraphUsage;
  /** Of an upload, in place of its body: from where, and how many bytes were handed to the connection. */
  upload?: { offset: number; sent: number; total: number };
}

/** Called once after every call that was tried; what it throws is ignored. */
export type OnGraphCall = (call: GraphCallObservation) => void;
