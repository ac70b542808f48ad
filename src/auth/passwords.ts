import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { AppError } from '../common/app-error';

/** OWASP's minimum for argon2id (Password Storage Cheat Sheet). `2` is argon2id; the package's enum is a const one. */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Each hash holds 19 MiB and a thread of libuv's pool of four, which files and name look-ups need as well. */
const AT_ONCE = 2;
/** Some seconds' worth of hashing; whoever comes on top of that is sent away rather than kept waiting. */
const IN_LINE = 256;

/** Passwords as argon2id hashes, all of the password counting. A storm of logins waits in line, then is turned away. */
@Injectable()
export class Passwords {
  private working = 0;
  private readonly line: (() => void)[] = [];
  private readonly decoy = hash(randomBytes(32), ARGON2ID);

  /** @throws AppError `rate_limit_exceeded` when the line is full */
  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, ARGON2ID));
  }

  /**
   * @param stored a hash, or null for an unknown user: that takes as long and is never a match
   * @throws AppError `rate_limit_exceeded` when the line is full
   */
  async matches(stored: string | null, password: string): Promise<boolean> {
    const against = stored ?? (await this.decoy);
    return (await this.inTurn(() => verify(against, password))) && stored !== null;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.working < AT_ONCE) this.working++;
    else await this.waitForATurn();
    try {
      return await work();
    } finally {
      // The next in line takes over our turn; without one it is given back.
      const next = this.line.shift();
      if (next) next();
      else this.working--;
    }
  }

  private waitForATurn(): Promise<void> {
    if (this.line.length >= IN_LINE)
      throw new AppError('rate_limit_exceeded', 'Too many people are signing in at this moment.', { retry_after: 5 });
    return new Promise((resolve) => this.line.push(resolve));
  }
}
