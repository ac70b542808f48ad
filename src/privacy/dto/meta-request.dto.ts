import { IsString, MaxLength, MinLength } from 'class-validator';

/** What Meta sends as a form. */
export class SignedRequestBody {
  /**
   * base64url(HMAC-SHA256 of the second part) "." base64url(JSON)
   * @example 'vlXgu64BQGFSQrY0ZcJBZASMvYvTHu9GQ0YM9rjPSso.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiJ9'
   */
  @IsString()
  @MinLength(3)
  @MaxLength(16_384)
  signed_request!: string;
}

/** Meta only looks at the status. */
export class DeauthorizedAnswer {
  success!: true;
}

/** As Meta wants it. */
export class DataDeletionAnswer {
  /**
   * A page for the person who asked
   * @example 'https://publish.example.com/api/instagram/data-deletion/k3JxP0q2cUuHq1bYv7nZ4g'
   */
  url!: string;
  /** @example 'k3JxP0q2cUuHq1bYv7nZ4g' */
  confirmation_code!: string;
}
