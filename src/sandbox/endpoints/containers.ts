import { type Container, statusSentence } from '../containers';
import { judgeVideo } from '../container-work';
import { type FieldTable, parseFields, project } from '../fields';
import { type GraphCall, type GraphEndpoint, requireAccount } from '../graph-call';
import { invalidParameter, unknownObject } from '../graph-error';
import { videoLimits } from '../media-check';
import { FetchFailed } from '../media-fetch';
import { type MediaFile } from '../media-files';
import { publishingError } from '../publishing-error';
import { type SandboxState } from '../state';

const fields: FieldTable<Container, SandboxState> = {
  id: (container) => container.id,
  status_code: (container, state) => state.containers.statusOf(container),
  status: (container, state) => statusSentence(state.containers.statusOf(container), container.error_subcode),
  copyright_check_status: (container, state) => ({
    status: state.containers.statusOf(container) === 'IN_PROGRESS' ? 'in_progress' : 'completed',
    matches_found: false,
  }),
};

/** Reading a container (§2.4) and sending it its bytes (§2.3). */
export function containerEndpoints(state: SandboxState): GraphEndpoint[] {
  return [
    { name: 'container_status', method: 'GET', on: 'container', path: '', answer: (call) => read(state, call) },
    {
      name: 'upload',
      method: 'POST',
      on: 'container',
      path: 'ig-api-upload',
      errors: 'upload',
      answer: (call) => upload(state, call),
    },
  ];
}

/** The container of the call, if the token reaches its account; else it does not exist. */
function requireContainer(state: SandboxState, call: GraphCall): Container {
  if (call.node?.kind !== 'container') throw unknownObject(call.method, call.path);
  const { container } = call.node;
  try {
    requireAccount(state, call, container.account_id, 'basic');
  } catch {
    throw unknownObject(call.method, container.id);
  }
  return container;
}

function read(state: SandboxState, call: GraphCall): unknown {
  const container = requireContainer(state, call);
  return project(container, parseFields(call.params.text('fields') ?? 'id'), fields, state, 'ShadowIGMediaBuilder');
}

/** Raw bytes with `offset: 0` and `file_size`, or a `file_url` header and no body. Whole files only. */
async function upload(state: SandboxState, call: GraphCall): Promise<unknown> {
  const container = requireContainer(state, call);
  if (!container.request.resumable) throw invalidParameter('This container does not take an upload.');
  if (container.media || state.containers.statusOf(container) !== 'IN_PROGRESS') {
    throw invalidParameter('This container has its media already.');
  }
  container.media = await takeBytes(state, call, videoLimits[container.request.surface].max_bytes).catch(
    (error: unknown) => {
      throw error instanceof FetchFailed ? publishingError(error.outcome === 'timeout' ? 2207003 : 2207053) : error;
    },
  );
  state.ledger.effect({ kind: 'media_uploaded', account_id: container.account_id, container_id: container.id });
  judgeVideo(state, container, call.tweaks);
  return { success: true, message: 'Upload successful.' };
}

async function takeBytes(state: SandboxState, call: GraphCall, max_bytes: number): Promise<MediaFile> {
  const url = header(call, 'file_url');
  if (url !== undefined) {
    return state.fetcher.fetch(url, 'mp4', { max_bytes, timeout_ms: state.settings.fetch_timeout_ms });
  }
  if (header(call, 'offset') !== '0') throw invalidParameter('Header offset must be 0.');
  const file = await state.fetcher.receive(call.request, max_bytes);
  if (String(file.size) === header(call, 'file_size')) return file;
  await state.files.discard(file.path);
  throw invalidParameter('Header file_size does not match the bytes that were sent.');
}

function header(call: GraphCall, name: string): string | undefined {
  const value = call.request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
