import { unknownPath } from './graph-error';

const OLDEST_LIVING = 21;
const NEWEST = 26;
const UNVERSIONED = 'v25.0';

/** A Graph path taken apart. */
export interface GraphPath {
  /** Whether the caller named a version. */
  versioned: boolean;
  /** The version that serves the call. */
  version: string;
  segments: string[];
  /** The segments again, as text. */
  path: string;
}

/**
 * Reads `/{version}/{node}/{edge}`. A dead version is served by the oldest living one (§10); one that never was is no
 * version but an unknown path. The resumable upload's `/ig-api-upload/{version}/{container}` is read as the edge
 * `ig-api-upload` of its container.
 */
export function readGraphPath(pathname: string): GraphPath {
  const segments = pathname.split('/').filter((segment) => segment !== '');
  if (segments[0] === 'ig-api-upload' && segments.length === 3) {
    const [edge = '', version = '', node = ''] = segments;
    return { ...served(version, pathname), segments: [node, edge], path: `${node}/${edge}` };
  }
  const first = segments[0] ?? '';
  const versioned = /^v\d+\.\d+$/.test(first);
  if (versioned) segments.shift();
  const path = segments.join('/');
  return { ...(versioned ? served(first, path) : { versioned, version: UNVERSIONED }), segments, path };
}

function served(version: string, path: string): { versioned: boolean; version: string } {
  const number = Number(/^v(\d+)\.0$/.exec(version)?.[1] ?? 0);
  if (number < 1 || number > NEWEST) throw unknownPath(path);
  return { versioned: true, version: `v${Math.max(number, OLDEST_LIVING)}.0` };
}
