import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { searchPath } from '../config/env';
import { Settings } from '../config/settings';

/** Why a run came to nothing. `refused`: ffmpeg said no; another try would end the same. */
export class FfmpegFailed extends Error {
  constructor(
    readonly why: 'refused' | 'killed' | 'timeout' | 'aborted' | 'missing',
    /** ffmpeg's last words; for the log, since they name files of ours. */
    readonly words: string,
  ) {
    super(`ffmpeg: ${why}`);
  }
}

export interface FfmpegRun {
  /** What ends it at once; then it is dead before `run` answers. */
  signal: AbortSignal;
  /** Seconds of the output so far. */
  onProgress: (seconds: number) => void;
}

const LOOK_AGAIN_MS = 60_000;
const VERSION_TIMEOUT_MS = 10_000;
const COMMON = ['-hide_banner', '-nostdin', '-v', 'error', '-progress', 'pipe:1', '-nostats'];
const LAST_WORDS = 2_000;

/**
 * ffmpeg would outlive us and go on for nothing (it takes no notice of a broken pipe). So it is tied to a pipe of ours, its
 * standard input to the shell: once that is closed, by us or by our own end, it is killed.
 */
const TIED_TO_US = `
exec 3<&0
nice -n 10 "$@" </dev/null 3<&- &
program=$!
( read -r _ <&3; kill -9 $program ) >/dev/null 2>&1 &
watch=$!
wait $program
end=$?
kill $watch 2>/dev/null
exit $end
`;
/** What a shell answers: no such program; and this and the signal's number. */
const NOT_FOUND = 127;
const KILLED = 128;

/** ffmpeg, where it is installed: `FFMPEG_PATH`, else on the PATH. Everything works without it but mending videos. */
@Injectable()
export class Ffmpeg {
  private readonly path: string;
  private readonly timeoutMs: number;
  private found: { version: string | null; atMs: number } | null = null;

  constructor(
    settings: Settings,
    private readonly clock: Clock,
  ) {
    this.path = settings.media.ffmpegPath;
    this.timeoutMs = settings.media.mendTimeoutMs;
  }

  /** Null: there is none, or one without H.264. One that is installed later is found within a minute. */
  async version(): Promise<string | null> {
    const now = this.clock.monotonicMs();
    if (this.found === null || (this.found.version === null && now - this.found.atMs > LOOK_AGAIN_MS))
      this.found = { version: await this.look(), atMs: now };
    return this.found.version;
  }

  /** Runs to the end, behind everybody else's work. @throws FfmpegFailed */
  async run(args: string[], { signal, onProgress }: FfmpegRun): Promise<void> {
    if (signal.aborted) throw new FfmpegFailed('aborted', '');
    const timeout = AbortSignal.timeout(this.timeoutMs);
    const child = spawn('/bin/sh', ['-c', TIED_TO_US, 'ffmpeg', this.path, ...COMMON, ...args], {
      stdio: 'pipe',
      env: environment(),
    });
    const letGo = () => child.stdin.end();
    const either = AbortSignal.any([signal, timeout]);
    either.addEventListener('abort', letGo);
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-LAST_WORDS)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const microseconds = Number(/^out_time_us=(\d+)$/.exec(line)?.[1]);
      if (Number.isFinite(microseconds)) onProgress(microseconds / 1e6);
    });
    try {
      const end = await ended(child);
      if (end === 0) return;
      if (signal.aborted) throw new FfmpegFailed('aborted', words);
      if (timeout.aborted) throw new FfmpegFailed('timeout', words);
      throw new FfmpegFailed(whyOf(end), words);
    } finally {
      either.removeEventListener('abort', letGo);
      letGo();
    }
  }

  private async look(): Promise<string | null> {
    const signal = AbortSignal.timeout(VERSION_TIMEOUT_MS);
    const child = spawn(this.path, ['-version'], { stdio: ['ignore', 'pipe', 'ignore'], env: environment(), signal });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const end = await ended(child);
    const version = /^ffmpeg version (\S+)/.exec(said)?.[1];
    return end === 0 && version !== undefined && said.includes('--enable-libx264') ? version : null;
  }
}

/** Ours has secrets in it. */
function environment(): Record<string, string> {
  return { PATH: searchPath() };
}

function ended(child: ChildProcess): Promise<number | 'killed' | 'missing'> {
  return new Promise((resolve) => {
    child.once('error', () => resolve('missing'));
    child.once('close', (code) => resolve(code ?? 'killed'));
  });
}

function whyOf(end: number | 'killed' | 'missing'): FfmpegFailed['why'] {
  if (end === NOT_FOUND || end === 'missing') return 'missing';
  return end === 'killed' || end > KILLED ? 'killed' : 'refused';
}
