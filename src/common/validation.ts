import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { AppError, validationError, type FieldProblem } from './app-error';
import { NOT_A_FIELD, pointerTo, unusableParts } from './plain-json';

/** Checks bodies and queries against their DTOs: unknown fields are refused, all problems are told at once (422). */
export class RequestValidation extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      transform: true,
      validateCustomDecorators: false,
      // All of them: transform() below tells as many as fit.
      exceptionFactory: (errors) => new AppError('validation_error', '', { errors: problemsOf(errors) }),
    });
  }

  override async transform(given: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const found = await this.read(given, metadata);
    if (!('problems' in found)) return found.checked;
    throw validationError(metadata.type === 'query' ? found.problems.map(inQuery) : found.problems);
  }

  /** As the pipe does, for whoever wants to tell of the problems instead of refusing the request. */
  async read(given: unknown, metadata: ArgumentMetadata): Promise<{ checked: unknown } | Unsound> {
    // No body at all is an empty one: where fields are required they are told.
    const value = metadata.type === 'body' && given === undefined ? {} : given;
    // Without this a body that is no object would be taken for an empty DTO, or die inside class-transformer.
    if (metadata.type === 'body' && metadata.metatype !== Object && !isPlainObject(value))
      return unsound([{ pointer: '', message: 'the body must be a JSON object' }]);
    const unusable = metadata.type === 'body' || metadata.type === 'query' ? unusableParts(value) : [];
    // Too deep or too much: even looking for more problems would run out of stack or time.
    if (unusable.some(({ pointer }) => pointer === '')) return unsound(unusable);
    const found = await this.check(value, metadata, unusable);
    if (!('problems' in found)) return found;
    const { metatype } = metadata as { metatype?: Partial<RulesAcrossFields> };
    const told = new Set(unusable.map(({ pointer }) => pointer));
    const broken = metatype?.rulesBroken?.(value as object) ?? [];
    // A rule that knows the field, but not here, says more than that it is none.
    const known = new Set(broken.map(({ pointer }) => pointer));
    const types = found.problems.filter(({ pointer, message }) => message !== NOT_A_FIELD || !known.has(pointer));
    const problems = [...unusable, ...[...types, ...broken].filter(({ pointer }) => !told.has(pointer))];
    return { ...unsound([...unusable, ...found.problems]), problems };
  }

  /** Ids stay the text that they are: Nest's own reading takes `1e3` and `+1` for numbers (id-param.ts doesn't). */
  protected override transformPrimitive(value: unknown): unknown {
    return value;
  }

  private async check(
    value: unknown,
    metadata: ArgumentMetadata,
    unusable: FieldProblem[],
  ): Promise<{ checked: unknown } | { problems: FieldProblem[] }> {
    try {
      const checked: unknown = await super.transform(value, metadata);
      return unusable.length > 0 ? { problems: [] } : { checked };
    } catch (error) {
      if (error instanceof AppError) return { problems: error.extras.errors ?? [] };
      // Some rules throw on half a surrogate pair.
      if (unusable.length > 0) return { problems: [] };
      throw error;
    }
  }
}

/** A request that is not what its class says. */
interface Unsound {
  /** All that is wrong with it, also with rules across its fields. */
  problems: FieldProblem[];
  /** Where it is not of the shape that its class says. */
  pointers: string[];
}

function unsound(problems: FieldProblem[]): Unsound {
  return { problems, pointers: problems.map(({ pointer }) => pointer) };
}

/** A DTO class may tell what no single field can. Asked once another problem was found; whoever takes the body asks again. */
export interface RulesAcrossFields {
  /** @param body as it was sent: any field may be of any type */
  rulesBroken(body: object): FieldProblem[];
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inQuery({ pointer, message }: FieldProblem): FieldProblem {
  return { pointer: `?${pointer.slice(1)}`, message };
}

/** class-validator's tree as a flat list with JSON pointers. */
export function problemsOf(errors: ValidationError[], base = ''): FieldProblem[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const pointer = pointerTo(base, property);
    const own = Object.entries(constraints ?? {}).map(([rule, message]) => ({
      pointer,
      message: rule === 'whitelistValidation' ? NOT_A_FIELD : sentence(property, message),
    }));
    return [...own, ...problemsOf(children ?? [], pointer)];
  });
}

/** class-validator starts with the property's name; the pointer says that already. */
function sentence(property: string, message: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
