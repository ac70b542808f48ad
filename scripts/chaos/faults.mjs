const effect = (share, mark, action) => ({ share, mark, endpoint: 'media_publish', do: action, once: false });
const publish = (share, mark, action) => ({ share, mark, endpoint: 'media_publish', do: action, once: true });
const create = (share, mark, action) => ({ share, mark, endpoint: 'create_container', do: action, once: true });
/** Only the first look at a container, before any publish call on it. */
const status = (share, mark, action) => ({ share, mark, endpoint: 'container_status', do: action, once: true });

/**
 * What goes wrong with which share of the posts: the mark in the caption makes the emulator do it, `once` for each post or,
 * where the call had its effect, every time: there must never be a second.
 */
const FAULTS = [
  effect(0.1, '[effect, then silence]', 'drop_after_effect'),
  effect(0.03, '[effect, then an error]', { kind: 'error_after_effect', code: 4, subcode: 2207051 }),
  effect(0.02, '[effect, then junk]', { kind: 'malformed', body: 'junk' }),
  effect(0.01, '[effect, then half an answer]', { kind: 'malformed', body: 'truncated' }),
  effect(0.02, '[effect, then 500]', { kind: 'server_error', body: 'html', after_effect: true }),
  effect(0.02, '[late effect]', { kind: 'delayed_effect', ms: 1_500 }),
  publish(0.02, '[no effect, silence]', 'drop_before_effect'),
  publish(0.01, '[not ready]', { kind: 'error_before_effect', code: 9007, subcode: 2207027 }),
  publish(0.005, '[throttled: 4 over 400]', { kind: 'throttle', code: 4, http: 400 }),
  publish(0.005, '[throttled: 17 over 403]', { kind: 'throttle', code: 17, http: 403 }),
  publish(0.005, '[throttled: 80002 over 429]', { kind: 'throttle', code: 80002, http: 429, minutes: 1 }),
  create(0.005, '[throttled: 32 over 403]', { kind: 'throttle', code: 32, http: 403 }),
  create(0.005, '[throttled: 613 over 400]', { kind: 'throttle', code: 613, http: 400 }),
  create(0.01, '[no container, silence]', 'drop_before_effect'),
  create(0.005, '[a container that fails]', { kind: 'container_error', subcode: 2207020 }),
  status(0.02, '[unreadable]', 'unreadable'),
  status(0.01, '[says FINISHED too soon]', { kind: 'lie', status_code: 'FINISHED' }),
  status(0.01, '[says IN_PROGRESS]', { kind: 'lie', status_code: 'IN_PROGRESS' }),
  status(0.005, '[expired]', { kind: 'lie', status_code: 'EXPIRED' }),
];

/** Arms what strikes every time. */
export async function armFaults(house) {
  for (const fault of FAULTS) if (!fault.once) await arm(house, fault, fault.mark, null);
}

/** A fault for one post, by its share; null: none. */
export function pickFault(random) {
  let left = random();
  return FAULTS.find(({ share }) => (left -= share) < 0) ?? null;
}

/** Arms what strikes the post of this caption once. */
export async function armOnce(house, fault, caption) {
  if (fault?.once) await arm(house, fault, caption, 1);
}

const arm = (house, { endpoint, do: action }, caption_includes, times) =>
  house.control('faults', { match: { endpoint, caption_includes }, times, do: action });
