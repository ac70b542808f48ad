import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { validationError, type FieldProblem } from './app-error';

/** Checks bodies and queries against their DTOs: unknown fields are refused, all problems are told at once (422). */
export class RequestValidation extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      transform: true,
      validateCustomDecorators: false,
      exceptionFactory: (errors) => validationError(problemsOf(errors)),
    });
  }

  override async transform(given: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // No body at all is an empty one: where fields are required they are told.
    const value = metadata.type === 'body' && given === undefined ? {} : given;
    // Without this a body that is no object would be taken for an empty DTO, or die inside class-transformer.
    if (metadata.type === 'body' && metadata.metatype !== Object && !isPlainObject(value))
      throw validationError([{ pointer: '', message: 'the body must be a JSON object' }]);
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      throw metadata.type === 'query' ? inQuery(error) : error;
    }
  }
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inQuery(error: unknown): unknown {
  const problems = (error as { extras?: { errors?: FieldProblem[] } }).extras?.errors;
  if (!problems) return error;
  return validationError(problems.map(({ pointer, message }) => ({ pointer: `?${pointer.slice(1)}`, message })));
}

/** class-validator's tree as a flat list with JSON pointers. */
export function problemsOf(errors: ValidationError[], base = ''): FieldProblem[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const pointer = `${base}/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const own = Object.entries(constraints ?? {}).map(([rule, message]) => ({
      pointer,
      message: rule === 'whitelistValidation' ? 'is not a field of this request' : sentence(property, message),
    }));
    return [...own, ...problemsOf(children ?? [], pointer)];
  });
}

/** class-validator starts with the property's name; the pointer says that already. */
function sentence(property: string, message: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
