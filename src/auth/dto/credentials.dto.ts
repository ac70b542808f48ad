import { Transform } from 'class-transformer';
import { IsEmail, IsString, Length } from 'class-validator';

const Trimmed = () => Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

/** Who wants to sign in */
export class LoginRequest {
  /**
   * In any capitals
   * @example 'ana@example.com'
   */
  @Trimmed()
  @IsEmail({}, { message: 'must be an e-mail address' })
  email!: string;

  /** @example 'four-words-from-a-book' */
  @IsString()
  @Length(1, 256)
  password!: string;
}

/** Who wants to join */
export class RegisterRequest {
  /**
   * Kept in lower case; one user per address
   * @example 'ana@example.com'
   */
  @Trimmed()
  @IsEmail({}, { message: 'must be an e-mail address' })
  email!: string;

  /**
   * 8 to 256 characters of any kind, all of which count; commonly guessed ones are refused
   * @example 'four-words-from-a-book'
   */
  @IsString()
  @Length(8, 256)
  password!: string;
}
