import { Reflector } from '@nestjs/core';

/** Lets a route, or every route of a controller, be called without a token. */
export const Public = Reflector.createDecorator<true | undefined>();
