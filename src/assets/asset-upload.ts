import { Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { validationError, type FieldProblem } from '../common/app-error';
import { problemsOf } from '../common/validation';
import { Storage, type StagedFile } from '../storage/storage';
import { NewAssetFields } from './dto/asset-bodies.dto';
import type { UploadForm } from './uploaded-form';

/** A whole form: the file is on our disk, and is the caller's to keep or to discard. */
export interface ReceivedUpload {
  staged: StagedFile;
  texts: NewAssetFields;
}

/** Takes an upload form apart while it arrives; its fields may come in any order. */
@Injectable()
export class AssetUpload {
  constructor(private readonly storage: Storage) {}

  /**
   * @throws AppError `validation_error`, `payload_too_large`, `media_invalid_format` (no byte in it); no file is left then
   */
  async receive(form: UploadForm): Promise<ReceivedUpload> {
    const problems: FieldProblem[] = [];
    const fields = new Map<string, unknown>();
    let staged: StagedFile | null = null;
    try {
      for await (const part of form) {
        const pointer = `/${part.name}`;
        if (part.file === null) {
          if (part.name === 'file') problems.push({ pointer, message: 'must be a file, i.e. have a filename' });
          else if (fields.has(part.name)) problems.push({ pointer, message: 'is given twice' });
          else fields.set(part.name, part.value);
        } else if (part.name === 'file') {
          staged = await this.storage.stage(part.file);
        } else {
          problems.push({ pointer, message: 'is not a file of this request; send it as file' });
          part.file.resume();
        }
      }
      if (staged === null && problems.length === 0) problems.push({ pointer: '/file', message: 'is missing' });
      const texts = plainToInstance(NewAssetFields, typed(Object.fromEntries(fields)));
      const rules = { whitelist: true, forbidNonWhitelisted: true };
      problems.push(...problemsOf(await validate(texts, rules)));
      if (staged === null || problems.length > 0) throw validationError(problems);
      return { staged, texts };
    } catch (error) {
      if (staged !== null) await this.storage.discard(staged);
      throw error;
    }
  }
}

/** Fields of a form are text. */
function typed({ auto_post_to_instagram: wish, ...texts }: Record<string, unknown>): Record<string, unknown> {
  if (wish === undefined) return texts;
  return { ...texts, auto_post_to_instagram: wish === 'true' ? true : wish === 'false' || wish === '' ? false : wish };
}
