import { parseFields } from '../fields';
import { type GraphCall, type GraphEndpoint, reaches, requireAccount, requireScope, tokenOf } from '../graph-call';
import { unknownObject } from '../graph-error';
import { type Media } from '../media';
import { writeMedia } from '../media-fields';
import { publishingError } from '../publishing-error';
import { type SandboxState } from '../state';

/** Reading one piece of media (§2.7) and deleting it (§2.9). */
export function mediaEndpoints(state: SandboxState): GraphEndpoint[] {
  return [
    { name: 'media_read', method: 'GET', on: 'media', path: '', answer: (call) => read(state, call) },
    { name: 'media_delete', method: 'DELETE', on: 'media', path: '', answer: (call) => remove(state, call) },
  ];
}

/** The media of the call, if the token reaches its account; else it does not exist. */
export function requireMedia(state: SandboxState, call: GraphCall): Media {
  const media = call.node?.kind === 'media' ? call.node.media : undefined;
  const account = state.world.accounts.get(media?.account_id ?? '');
  if (!media || !account || !reaches(state, tokenOf(call), account)) {
    throw unknownObject(call.method, media?.id ?? call.path);
  }
  requireAccount(state, call, account.id, 'basic');
  return media;
}

function read(state: SandboxState, call: GraphCall): unknown {
  return writeMedia(state, call, requireMedia(state, call), parseFields(call.params.text('fields') ?? 'id'));
}

/** Facebook Login only; whole posts only. */
function remove(state: SandboxState, call: GraphCall): unknown {
  const media = requireMedia(state, call);
  if (call.login === 'instagram') throw unknownObject(call.method, media.id);
  requireScope(call, 'contents');
  if (media.is_album_child) throw publishingError(2207073);
  state.media.remove(media);
  const { account_id, container_id, id: media_id } = media;
  state.ledger.effect({ kind: 'media_deleted', account_id, container_id, media_id });
  return { success: true, deleted_id: media_id };
}
