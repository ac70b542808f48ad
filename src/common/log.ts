import { Injectable, type LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import { Secret } from './secret';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Record<string, unknown>;

/** Token shapes of Meta, JWTs and bearer headers: the second net under an allow-list of logged fields. */
const TOKEN_SHAPES =
  /\b(?:EA[A-Za-z0-9]{20,}|IG[A-Za-z0-9_-]{20,}|eyJ[\w-]+\.[\w-]+\.[\w-]+)|(?<=Bearer\s)\S+|(?<=(?:access_token|client_secret|code|fb_exchange_token|password)=)[^&\s"]+/g;

export function redactText(text: string): string {
  return text.replace(TOKEN_SHAPES, '[redacted]');
}

const SECRET_FIELDS = /token|secret|password|authorization|cookie/i;

/** Deep enough for what is logged; a circle ends here too. */
const DEEPEST = 6;

function redact(name: string, value: unknown, depth: number): unknown {
  if (typeof value === 'string') return SECRET_FIELDS.test(name) ? '[redacted]' : redactText(value);
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Secret) return value;
  if (value instanceof Error) return { name: value.name, message: redactText(value.message) };
  if (depth === DEEPEST) return '[deeper]';
  if (Array.isArray(value)) return value.map((entry) => redact(name, entry, depth + 1));
  return redactFields(value, depth + 1);
}

function redactFields(fields: object, depth = 0): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redact(name, value, depth)]));
}

/**
 * JSON lines with an event name in dotted past tense (`post.published`), ids and durations. ERROR means that a person
 * must act; a retry is INFO, giving up is WARN. Nest's own messages pass through here too.
 */
@Injectable()
export class Log implements LoggerService {
  private readonly sink: Logger;

  constructor(level: LogLevel | 'silent' = 'info', processName = 'api', destination?: { write(line: string): void }) {
    const options = {
      level,
      base: { process: processName },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
      messageKey: 'event',
    };
    this.sink = destination ? pino(options, destination) : pino(options);
  }

  debug(event: string, fields: unknown = {}): void {
    this.sink.debug(asFields(fields), redactText(event));
  }

  info(event: string, fields: LogFields = {}): void {
    this.sink.info(redactFields(fields), redactText(event));
  }

  warn(event: string, fields: unknown = {}): void {
    this.sink.warn(asFields(fields), redactText(String(event)));
  }

  /** Nest calls this with (message, stack, context); we call it with (event, fields). */
  error(event: string, fields: unknown = {}, context?: unknown): void {
    this.sink.error(
      { ...asFields(fields), ...(typeof context === 'string' ? { context } : {}) },
      redactText(String(event)),
    );
  }

  /** Nest's start-up chatter ("Mapped {…} route"): of interest only when debugging. */
  log(message: unknown, context?: unknown): void {
    this.sink.debug(asFields(context), redactText(String(message)));
  }
}

function asFields(fields: unknown): LogFields {
  if (typeof fields === 'string') return fields.includes('\n') ? { stack: redactText(fields) } : { context: fields };
  return fields !== null && typeof fields === 'object' ? redactFields(fields) : {};
}
