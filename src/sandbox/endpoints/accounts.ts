import { writeAccount } from '../account-fields';
import { parseFields } from '../fields';
import {
  accountIdOf,
  type GraphCall,
  type GraphEndpoint,
  reaches,
  requireAccount,
  requireScope,
  tokenOf,
} from '../graph-call';
import { unknownObject } from '../graph-error';
import { type Media } from '../media';
import { writeMedia } from '../media-fields';
import { pageOf } from '../paging';
import { quotasOf } from '../settings';
import { type SandboxState } from '../state';

/** What can be read of an Instagram account: itself, its quota, its posts, its stories (§2.6, §2.8). */
export function accountEndpoints(state: SandboxState): GraphEndpoint[] {
  return [
    { name: 'account_read', method: 'GET', on: 'account', path: '', answer: (call) => readAccount(state, call) },
    {
      name: 'publishing_limit',
      method: 'GET',
      on: 'account',
      path: 'content_publishing_limit',
      answer: (call) => publishingLimit(state, call),
    },
    { name: 'media_list', method: 'GET', on: 'account', path: 'media', answer: (call) => listMedia(state, call) },
    { name: 'stories_list', method: 'GET', on: 'account', path: 'stories', answer: (call) => listStories(state, call) },
  ];
}

/** A personal account can read itself after Instagram Login, its `account_type` says what it is; no more than that. */
function readAccount(state: SandboxState, call: GraphCall): unknown {
  const id = accountIdOf(call);
  const account = state.world.accounts.get(id);
  if (!account || !reaches(state, tokenOf(call), account)) throw unknownObject(call.method, id);
  requireScope(call, 'basic');
  return writeAccount(state, call, account, parseFields(call.params.text('fields') ?? 'id'));
}

function publishingLimit(state: SandboxState, call: GraphCall): unknown {
  const account = requireAccount(state, call, accountIdOf(call), 'publish');
  const since = (call.params.integer('since') ?? 0) * 1000;
  const quota_usage = state.postsPublished.count(account.id, state.clock.now(), since);
  const wanted = parseFields(call.params.text('fields') ?? 'quota_usage').map((field) => field.name);
  const config = { quota_total: quotasOf(state.settings, account.id).quota_total, quota_duration: 86_400 };
  return {
    data: [{ ...(wanted.includes('quota_usage') && { quota_usage }), ...(wanted.includes('config') && { config }) }],
  };
}

function listMedia(state: SandboxState, call: GraphCall): unknown {
  const account = requireAccount(state, call, accountIdOf(call), 'basic');
  const wanted = parseFields(call.params.text('fields') ?? 'id');
  const since = (call.params.integer('since') ?? 0) * 1000;
  const until = (call.params.integer('until') ?? Number.MAX_SAFE_INTEGER / 1000) * 1000;
  const newest = Math.min(until, state.clock.now() - (call.tweaks.stale_ms ?? 0));
  const shown = (media: Media): boolean =>
    !media.deleted && media.published_at >= since && media.published_at <= newest;
  const write = (media: Media): unknown => writeMedia(state, call, media, wanted);
  return pageOf(call, state.publicUrl, state.media.feedOf(account.id), shown, write);
}

function listStories(state: SandboxState, call: GraphCall): unknown {
  const account = requireAccount(state, call, accountIdOf(call), 'basic');
  const wanted = parseFields(call.params.text('fields') ?? 'id');
  const write = (media: Media): unknown => writeMedia(state, call, media, wanted);
  return pageOf(call, state.publicUrl, state.media.liveStoriesOf(account.id), () => true, write);
}
