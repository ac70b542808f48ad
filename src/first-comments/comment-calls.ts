import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service';
import { GraphError, InstagramGraph, type Credential, type GraphCallObservation } from '../graph';
import type { ClaimedComment } from './comment-rows';
import type { Call, Heard, Refusal } from './comment-state';
import { sightingOf } from './own-comment';

/** So many comments are looked through, newest first; ours is among the first of its post. */
const MOST_LOOKED_THROUGH = 500;

/** What bounds the call that writes: how long it may take, and the last check before its bytes leave. */
export interface WriteGuard {
  timeoutMs: number;
  beforeSend: () => void;
}

/** What a call was answered, and all that was seen of it. */
export interface Answered {
  heard: Heard;
  observed: GraphCallObservation[];
  refusal: Refusal | null;
}

/** Makes the one Graph call and says what was heard, in the words that deciding understands. */
@Injectable()
export class CommentCalls {
  constructor(
    private readonly graph: InstagramGraph,
    private readonly accounts: AccountsService,
  ) {}

  async make(call: Call, comment: ClaimedComment, guard: WriteGuard): Promise<Answered> {
    const observed: GraphCallObservation[] = [];
    const credential = await this.accounts.credential(comment.accountRowId);
    if (credential === null) return failedCall(call, disconnected(comment), false, observed);
    const graph = this.graph.observedBy((seen) => observed.push(seen));
    try {
      const heard =
        call === 'write' ? await write(graph, credential, comment, guard) : await look(graph, credential, comment);
      return { heard, observed, refusal: null };
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      return failedCall(call, refusalOf(error), error.ambiguous, observed);
    }
  }
}

async function write(
  graph: InstagramGraph,
  credential: Credential,
  { mediaId, text }: ClaimedComment,
  guard: WriteGuard,
): Promise<Heard> {
  const { commentId } = await graph.createComment(credential, mediaId ?? '', text, guard);
  return { what: 'written', commentId };
}

async function look(graph: InstagramGraph, credential: Credential, comment: ClaimedComment): Promise<Heard> {
  const seen = await graph.listComments(credential, comment.mediaId ?? '', MOST_LOOKED_THROUGH);
  const sighting = sightingOf(comment.text, comment, seen, seen.length < MOST_LOOKED_THROUGH);
  return { what: 'looked', sighting };
}

function failedCall(call: Call, refusal: Refusal, ambiguous: boolean, observed: GraphCallObservation[]): Answered {
  const what = call === 'look' ? 'unread' : ambiguous ? 'unclear' : 'not_sent';
  return { heard: { what, refusal }, observed, refusal };
}

function refusalOf(error: GraphError): Refusal {
  return {
    kind: error.kind,
    advice: error.advice,
    code: error.code ?? undefined,
    subcode: error.subcode ?? undefined,
    fbtraceId: error.fbtraceId ?? undefined,
    retryAfterSeconds: error.retryAfterSeconds ?? undefined,
    scope: error.scope,
  };
}

function disconnected({ accountId }: ClaimedComment): Refusal {
  return {
    kind: 'account_not_found',
    advice: `The Instagram account ${accountId} was disconnected before its post had its first comment.`,
  };
}
