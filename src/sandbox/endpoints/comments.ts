import { graphTime } from '../clock';
import { type Comment } from '../comments';
import { type FieldTable, parseFields, project } from '../fields';
import { type GraphCall, type GraphEndpoint, hasScope, requireScope } from '../graph-call';
import { GraphError, invalidParameter, missingParameter, unknownObject } from '../graph-error';
import { pageOf } from '../paging';
import { type SandboxState } from '../state';
import { requireMedia } from './media';

/** Comments on a medium (§7). */
export function commentEndpoints(state: SandboxState): GraphEndpoint[] {
  return [
    { name: 'comments_list', method: 'GET', on: 'media', path: 'comments', answer: (call) => list(state, call) },
    { name: 'comment_create', method: 'POST', on: 'media', path: 'comments', answer: (call) => write(state, call) },
  ];
}

const LONGEST = 2_200;
const MOST_HASHTAGS = 30;

/** Newest first, at most 50 a page; without the permission to manage comments others have no names. */
function list(state: SandboxState, call: GraphCall): unknown {
  const media = requireMedia(state, call);
  if (media.request.surface === 'STORY') throw unknownObject(call.method, media.id);
  if ((call.params.integer('limit') ?? 0) > 50) throw invalidParameter('(#100) The limit must be at most 50');
  const wanted = parseFields(call.params.text('fields') ?? 'id,text,timestamp');
  const newest = state.clock.now() - (call.tweaks.stale_ms ?? 0);
  const shown = ({ written_at }: Comment) => written_at <= newest;
  const view: View = { accountId: media.account_id, mayName: hasScope(call, 'comments') };
  return pageOf(call, state.publicUrl, state.comments.of(media.id), shown, (comment) =>
    project(comment, wanted, fields, view, 'IGComment'),
  );
}

/** With `fields` Meta makes the comment and answers an error all the same (§0.9). */
function write(state: SandboxState, call: GraphCall): unknown {
  const media = requireMedia(state, call);
  requireScope(call, 'comments');
  if (media.request.surface === 'STORY' || media.is_album_child) throw unknownObject(call.method, media.id);
  const text = call.params.text('message');
  if (!text?.trim()) throw missingParameter('message');
  if ([...text].length > LONGEST) throw invalidParameter(`(#100) The comment is longer than ${LONGEST} characters`);
  if ((text.match(/#[\p{L}\p{N}_]+/gu) ?? []).length > MOST_HASHTAGS)
    throw invalidParameter(`(#100) The comment has more than ${MOST_HASHTAGS} hashtags`);
  const { account_id, id: media_id } = media;
  const username = state.world.accounts.get(account_id)?.username ?? 'unknown';
  const { id: comment_id } = state.comments.write({ media_id, account_id, username, text });
  state.ledger.effect({ kind: 'comment_created', account_id, media_id, comment_id, text });
  if (call.params.text('fields') !== undefined)
    throw new GraphError({ http: 400, code: 20, subcode: 1772107, message: '(#20) This action is not possible' });
  return { id: comment_id };
}

interface View {
  /** Whose medium it is: its own comments carry `user`. */
  accountId: string;
  mayName: boolean;
}

const isOwn = (comment: Comment, { accountId }: View): boolean => comment.account_id === accountId;
const nameOf = (comment: Comment, view: View): string | undefined =>
  isOwn(comment, view) || view.mayName ? comment.username : undefined;

const fields: FieldTable<Comment, View> = {
  id: ({ id }) => id,
  text: ({ text }) => text,
  timestamp: ({ written_at }) => graphTime(written_at),
  username: nameOf,
  from: (comment, view) => {
    const username = nameOf(comment, view);
    return username && { id: comment.account_id ?? comment.id, username };
  },
  user: (comment, view) => (isOwn(comment, view) ? { id: comment.account_id } : undefined),
  like_count: () => 0,
  hidden: () => false,
  parent_id: () => undefined,
  media: ({ media_id }) => ({ id: media_id }),
};
