import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { SchemaHealth } from '../database/schema-health';
import { Ffmpeg } from '../ffmpeg/ffmpeg';
import { QueueHealth } from '../queue/queue-health';
import type { HealthCheck, Readiness } from './dto/health.dto';

const CHECK_TIMEOUT_MS = 2_000;

/** What the service needs, asked right now. Without its database it is not ready; without its queue it is only
 * slower; without ffmpeg it mends no videos. */
@Injectable()
export class HealthService {
  constructor(
    private readonly schema: SchemaHealth,
    private readonly queue: QueueHealth,
    private readonly clock: Clock,
    private readonly ffmpeg: Ffmpeg,
  ) {}

  /** @throws AppError `service_unavailable` with the failed checks, when nothing can be accepted */
  async ready(): Promise<Readiness> {
    const [database, queue, ffmpeg] = await Promise.all([
      this.check('database', async () => {
        const pending = await this.schema.pending();
        if (pending.length > 0) throw new Error(`${pending.length} migration(s) pending: run npm run migrate`);
        return 'reachable, every migration applied';
      }),
      this.check('queue', async () => {
        const depth = await this.queue.depth();
        return Object.entries(depth)
          .map(([state, count]) => `${count} ${state}`)
          .join(', ');
      }),
      this.mending(),
    ]);
    const checks = [database, queue, ffmpeg];
    if (!database.ok)
      throw new AppError('service_unavailable', `The database is not ready: ${database.detail}.`, {
        checks,
        retry_after: 5,
      });
    return { status: queue.ok ? 'ok' : 'degraded', checks };
  }

  /** Not needed to be ready. */
  private async mending(): Promise<HealthCheck> {
    const version = await this.ffmpeg.version();
    const detail = version ?? 'not found, or without libx264: videos are not mended (optional; see FFMPEG_PATH)';
    return { name: 'ffmpeg', ok: version !== null, detail };
  }

  private async check(name: string, ask: () => Promise<string>): Promise<HealthCheck> {
    const timeout = new AbortController();
    const late = this.clock.delay(CHECK_TIMEOUT_MS, timeout.signal).then(() => {
      throw new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`);
    });
    try {
      return { name, ok: true, detail: await Promise.race([ask(), late]) };
    } catch (error) {
      return { name, ok: false, detail: plain(error) };
    } finally {
      timeout.abort();
      late.catch(() => {});
    }
  }
}

/** Connection errors name hosts and users; the code alone says enough here. */
function plain(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return `cannot be reached (${code})`;
  return error instanceof Error && /migration|no answer/.test(error.message) ? error.message : 'cannot be reached';
}
