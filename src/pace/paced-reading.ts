import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Transactions } from '../database/transactions';
import { GraphError, InstagramGraph, type GraphCallObservation } from '../graph';
import type { Caller } from './gate-policy';
import { GatesRepository } from './gates.repository';
import { Pace } from './pace.service';

/**
 * Calls that answer a client's question. They share the allowance of the account with publishing and yield to it: none is
 * made while Instagram wants silence, and what they hear of our pace is known to all.
 */
@Injectable()
export class PacedReading {
  constructor(
    private readonly graph: InstagramGraph,
    private readonly gates: GatesRepository,
    private readonly pace: Pace,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `rate_limit_exceeded` with `retry_after` while Instagram wants silence; what the call throws */
  async read<T>(caller: Caller, ask: (graph: InstagramGraph) => Promise<T>): Promise<T> {
    await this.waitsForNobody(caller);
    const calls: GraphCallObservation[] = [];
    let failure: GraphError | null = null;
    try {
      return await ask(this.graph.observedBy((call) => calls.push(call)));
    } catch (error) {
      if (error instanceof GraphError) failure = error;
      throw error;
    } finally {
      const heard = { caller, calls, failure: failure && paceFailureOf(failure), known: [], isProbe: false };
      await this.transactions.run((tx) => this.pace.heard(tx, heard));
    }
  }

  private async waitsForNobody({ accountId, login }: Caller): Promise<void> {
    const keys = [
      { scope: 'app', subject: login },
      { scope: 'account', subject: accountId },
    ] as const;
    const until = await this.transactions.run((tx) => this.gates.closedUntil(tx, keys));
    if (!until) return;
    const seconds = Math.max(1, Math.ceil((until.getTime() - this.clock.now().getTime()) / 1_000));
    throw new AppError('rate_limit_exceeded', 'Instagram takes no calls for this account for now.', {
      action_required: `Ask again in ${seconds} s. Posts that are due wait by themselves.`,
      retry_after: seconds,
    });
  }
}

function paceFailureOf({ kind, scope, retryAfterSeconds }: GraphError) {
  return { kind, scope, retryAfterSeconds: retryAfterSeconds ?? undefined };
}
