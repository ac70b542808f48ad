import {
  Injectable,
  SetMetadata,
  UseInterceptors,
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import { from, type Observable } from 'rxjs';
import type { AuthenticatedRequest } from '../auth/current-user';
import type { CreatePostBody } from './dto/create-post.dto';
import { PostValidationView } from './dto/post-validation.dto';
import { PostValidation } from './post-validation.service';

const BODY = 'dry_run_body';

/**
 * `dry_run: true` gets the answer of `POST /posts/validate` (200), and the route itself is never reached. Before the pipes, so
 * that a body which they would refuse is answered in the same way.
 */
@Injectable()
export class DryRun implements NestInterceptor {
  constructor(
    private readonly validation: PostValidation,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { body, user } = http.getRequest<AuthenticatedRequest & { body: unknown }>();
    if ((body as { dry_run?: unknown } | null | undefined)?.dry_run !== true) return next.handle();
    const type = this.reflector.get<Type<CreatePostBody>>(BODY, context.getHandler());
    http.getResponse<{ status: (code: number) => unknown }>().status(200);
    return from(this.validation.validate(user.id, type, body));
  }
}

/**
 * A create route that can be asked what it would say.
 * @param body what it takes
 * @param answer what it answers with a 200, where it does
 */
export function DryRunnable(body: Type<CreatePostBody>, answer?: Type): MethodDecorator {
  const checked = { $ref: getSchemaPath(PostValidationView) };
  return applyDecorators(
    SetMetadata(BODY, body),
    UseInterceptors(DryRun),
    ApiExtraModels(PostValidationView, ...(answer ? [answer] : [])),
    ApiOkResponse({
      description: answer ? 'With `dry_run`: what `POST /posts/validate` answers' : 'Only with `dry_run`',
      schema: answer ? { oneOf: [{ $ref: getSchemaPath(answer) }, checked] } : checked,
    }),
  );
}
