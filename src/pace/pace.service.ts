import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../common/clock';
import { Log } from '../common/log';
import type { GraphCallObservation } from '../graph';
import { gateNews, type Caller, type Gate, type PaceFailure } from './gate-policy';
import { GatesRepository } from './gates.repository';
import { IncidentWatch, isOfThePlatform } from './incident-watch';

/** What was heard from Instagram, by whom. */
export interface HeardOfPace {
  caller: Caller;
  calls: readonly GraphCallObservation[];
  failure: PaceFailure | null;
  /** The gates as they were known before the calls. */
  known: readonly Gate[];
  /** Whether these calls were made to find out if an incident is over. */
  isProbe: boolean;
}

/** Keeps us below Instagram's limits: what its answers say about our pace is known to every process at once. */
@Injectable()
export class Pace {
  private readonly incidents = new IncidentWatch();

  constructor(
    private readonly gates: GatesRepository,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** @returns whether an incident of the platform is over with this */
  async heard(tx: EntityManager, { caller, calls, failure, known, isProbe }: HeardOfPace): Promise<boolean> {
    for (const news of gateNews(caller, calls, failure)) {
      if (!this.gates.isNews(news, known)) continue;
      await this.gates.learn(tx, news);
      const { scope, subject, closeForMs, usage, why } = news;
      const level = closeForMs === null ? 'info' : 'warn';
      this.log[level]('pace.gate', { scope, subject, closed_for_ms: closeForMs, usage, why });
    }
    return this.watch(tx, caller, calls, isProbe);
  }

  /** Whether the caller may find out if the platform works again; the others wait for what it hears. */
  async mayProbe(tx: EntityManager): Promise<boolean> {
    return this.gates.mayProbe(tx);
  }

  private async watch(
    tx: EntityManager,
    { accountId }: Caller,
    calls: readonly GraphCallObservation[],
    isProbe: boolean,
  ): Promise<boolean> {
    let over = false;
    for (const { kind } of calls) {
      const spike = this.incidents.saw(accountId, kind, this.clock.monotonicMs());
      if (spike ?? (isProbe && isOfThePlatform(kind))) {
        this.incidents.forget();
        const why = spike ?? kind ?? 'unknown';
        if (await this.gates.incident(tx, why)) this.log.error('platform.incident', { kind: why });
      } else if (isProbe && !isOfThePlatform(kind)) over = await this.end(tx);
    }
    return over;
  }

  private async end(tx: EntityManager): Promise<boolean> {
    const over = await this.gates.incidentIsOver(tx);
    if (over) this.log.warn('platform.incident_over');
    return over;
  }
}
