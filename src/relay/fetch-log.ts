import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '../common/log';
import type { MediaFetch } from './media-fetch';
import { MediaFetchesRepository } from './media-fetches.repository';

/** With the database away, so many wait for it in memory; later ones are not told. */
const MOST_WAITING = 1_000;
const BATCH = 200;

/**
 * Writes down who fetched what. Serving never waits for it and never fails over it: a fetch is noted when its answer has
 * ended, and written by one statement at a time.
 */
@Injectable()
export class FetchLog implements OnModuleDestroy {
  private waiting: MediaFetch[] = [];
  private writing: Promise<void> | null = null;
  private lost = 0;

  constructor(
    private readonly fetches: MediaFetchesRepository,
    private readonly log: Log,
  ) {}

  /** Returns at once, whatever happens. */
  note(fetch: MediaFetch): void {
    if (this.waiting.length >= MOST_WAITING) this.lost += 1;
    else this.waiting.push(fetch);
    this.writing ??= this.write().finally(() => (this.writing = null));
  }

  async onModuleDestroy(): Promise<void> {
    await this.writing;
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH);
      try {
        await this.fetches.insert(batch);
      } catch (error) {
        // Not tried again: it would pile up behind a database that is away, and serving goes on without.
        this.lost += batch.length;
        this.log.warn('media_fetches.lost', { fetches: this.lost, error });
        this.lost = 0;
      }
    }
  }
}
