import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { HTTP_STATUS, type ErrorType } from './app-error';
import { ErrorBody } from './error-body.dto';

/** What every authenticated route may answer besides its own errors. */
const ALWAYS: ErrorType[] = ['unauthorized', 'service_unavailable', 'unknown'];

/** Documents the error answers of a route, grouped by HTTP status, each naming its `error_type`s. */
export function ApiErrors(...types: ErrorType[]): MethodDecorator & ClassDecorator {
  const byStatus = new Map<number, Set<ErrorType>>();
  for (const type of [...types, ...ALWAYS]) {
    const status = HTTP_STATUS[type];
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(type));
  }
  const answers = [...byStatus].map(([status, names]) =>
    ApiResponse({
      status,
      description: [...names].map((name) => `\`${name}\``).join(', '),
      content: {
        'application/json': {
          schema: {
            allOf: [
              { $ref: getSchemaPath(ErrorBody) },
              { type: 'object', properties: { error_type: { type: 'string', enum: [...names] } } },
            ],
          },
        },
      },
    }),
  );
  return applyDecorators(ApiExtraModels(ErrorBody), ...answers);
}
