import { type Container, statusSentence } from '../containers';
import { type FieldTable, parseFields, project } from '../fields';
import { type GraphCall, type GraphEndpoint, requireAccount } from '../graph-call';
import { unknownObject } from '../graph-error';
import { type SandboxState } from '../state';

const fields: FieldTable<Container, SandboxState> = {
  id: (container) => container.id,
  status_code: (container, state) => state.containers.statusOf(container),
  status: (container, state) => statusSentence(state.containers.statusOf(container), container.error_subcode),
  copyright_check_status: (container, state) => ({
    status: state.containers.statusOf(container) === 'IN_PROGRESS' ? 'in_progress' : 'completed',
    matches_found: false,
  }),
  video_status: (container, state) => (container.request.resumable ? videoStatus(container, state) : undefined),
};

/** How far an upload is (§2.3): a client that was cut off goes on behind `bytes_transferred`. */
function videoStatus(container: Container, state: SandboxState): unknown {
  const { arriving, media } = container;
  const code = state.containers.statusOf(container);
  const uploading = media ? 'complete' : arriving ? 'in_progress' : 'not_started';
  const processing = code === 'ERROR' ? 'error' : code === 'IN_PROGRESS' ? 'in_progress' : 'complete';
  return {
    uploading_phase: { status: uploading, bytes_transferred: media?.size ?? arriving?.received ?? 0 },
    processing_phase: { status: media ? processing : 'not_started' },
  };
}

/** Reading a container (§2.4). */
export function containerEndpoints(state: SandboxState): GraphEndpoint[] {
  return [{ name: 'container_status', method: 'GET', on: 'container', path: '', answer: (call) => read(state, call) }];
}

/** The container of the call, if the token reaches its account; else it does not exist. */
export function requireContainer(state: SandboxState, call: GraphCall): Container {
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
