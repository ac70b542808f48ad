import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** The JSON of a body as it was parsed, which nobody has checked: for a route that answers for each part of it by itself. */
export const UncheckedBody = createParamDecorator(
  (_options: unknown, context: ExecutionContext): unknown =>
    context.switchToHttp().getRequest<{ body: unknown }>().body,
);

/** As in `X-Request-Id`. */
export const RequestId = createParamDecorator(
  (_options: unknown, context: ExecutionContext): string => context.switchToHttp().getRequest<{ id: string }>().id,
);
