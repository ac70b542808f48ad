import { Injectable, type PipeTransform } from '@nestjs/common';
import { notFound } from './app-error';

/** An id of ours in a path. What can't be one is not there: 404, like any other unknown id. */
@Injectable()
export class IdParam implements PipeTransform<string, number> {
  transform(value: string): number {
    const id = Number(value);
    if (!/^[1-9]\d{0,15}$/.test(value) || !Number.isSafeInteger(id)) throw notFound('id');
    return id;
  }
}
