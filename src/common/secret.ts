import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** A value that must not be seen: whatever prints, logs or serialises it gets `[redacted]`. Open it as late as possible. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    if (value === '') throw new Error('A secret cannot be empty');
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
