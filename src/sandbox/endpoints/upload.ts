import { type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type Container } from '../containers';
import { judgeVideo } from '../container-work';
import { type GraphCall, type GraphEndpoint } from '../graph-call';
import { type Upload } from '../ledger';
import { videoLimits } from '../media-check';
import { FetchFailed } from '../media-fetch';
import { publishingError } from '../publishing-error';
import { type SandboxState } from '../state';
import { receive, sessionFor, type UploadPart, UploadRefused } from '../upload-session';
import { requireContainer } from './containers';

/** `POST /ig-api-upload/{version}/{container-id}` (§2.3): the bytes of a video, in one request or in several. */
export function uploadEndpoints(state: SandboxState): GraphEndpoint[] {
  return [
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

async function upload(state: SandboxState, call: GraphCall): Promise<unknown> {
  const container = requireContainer(state, call);
  if (!container.request.resumable) throw new UploadRefused('This container does not take an upload.');
  if (container.media || state.containers.statusOf(container) !== 'IN_PROGRESS')
    throw new UploadRefused('This container has its media already.');
  const url = header(call, 'file_url');
  if (url === undefined) await takeBytes(state, call, container);
  else await fetchThem(state, container, url);
  container.uploaded_at = state.clock.now();
  state.ledger.effect({ kind: 'media_uploaded', account_id: container.account_id, container_id: container.id });
  judgeVideo(state, container, call.tweaks);
  return { success: true, message: 'Upload successful.' };
}

async function fetchThem(state: SandboxState, container: Container, url: string): Promise<void> {
  const limits = { max_bytes: maxBytes(container), timeout_ms: state.settings.fetch_timeout_ms };
  container.media = await state.fetcher.fetch(url, 'mp4', limits).catch((error: unknown) => {
    throw error instanceof FetchFailed ? publishingError(error.outcome === 'timeout' ? 2207003 : 2207053) : error;
  });
}

async function takeBytes(state: SandboxState, call: GraphCall, container: Container): Promise<void> {
  const { after_bytes: stopAfter = Infinity, refuse } = call.tweaks.upload ?? {};
  const part = { offset: Number(header(call, 'offset')), size: Number(header(call, 'file_size')), stopAfter };
  if (part.size > maxBytes(container)) throw publishingError(2207053);
  const session = openSession(state, container, part);
  container.arriving = session;
  const outcome = await receive(session, call.request, part.stopAfter);
  const bytes = session.received - part.offset;
  const tell = (told: Upload['outcome']): void => note(state, container, { ...part, bytes, outcome: told });
  // What is left is read and forgotten first, or the sender might not get to its answer; a cut leaves it in the line.
  if (refuse || outcome !== 'cut') await drained(call.request);
  if (refuse) {
    tell('refused');
    throw new UploadRefused(refuse.message ?? 'Request processing failed', refuse);
  }
  if (outcome === 'more') {
    await state.files.discard(session.file.path);
    container.arriving = null;
    tell('refused');
    throw new UploadRefused('Header file_size does not match the bytes that were sent.');
  }
  if (outcome === 'overtaken' || session.received < session.size) {
    tell('cut');
    const message = 'Partial request (did not match length of file)';
    throw new UploadRefused(message, { retriable: true, type: 'PartialRequestError' });
  }
  tell('complete');
  container.media = { ...session.file, size: session.size };
}

async function drained(bytes: Readable): Promise<void> {
  await finished(bytes.resume()).catch(() => undefined);
}

function openSession(state: SandboxState, container: Container, part: UploadPart) {
  try {
    return sessionFor(state.files, container.arriving, part);
  } catch (error) {
    note(state, container, { ...part, bytes: 0, outcome: 'refused' });
    throw error;
  }
}

function note(
  state: SandboxState,
  { id, account_id }: Container,
  { offset, size, bytes, outcome }: Pick<UploadPart, 'offset' | 'size'> & Pick<Upload, 'bytes' | 'outcome'>,
): void {
  state.ledger.uploaded({ container_id: id, account_id, offset, file_size: size, bytes, outcome });
}

function maxBytes({ request }: Container): number {
  return videoLimits[request.surface].max_bytes;
}

function header(call: GraphCall, name: string): string | undefined {
  const value = call.request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
