import { ApiProperty } from '@nestjs/swagger';
import { PAUSE_ACTIONS, SCOPES, type PauseAction, type PauseScope } from '../pause-switch';

/** How a switch stands */
export class PauseView {
  /** Whether this very switch is on */
  paused!: boolean;
  @ApiProperty({ type: String, nullable: true, example: 'Wrong price in the spring campaign' })
  reason!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-02-10T06:00:00.000Z' })
  paused_at!: string | null;
  /** The user who switched it on */
  @ApiProperty({ type: Number, nullable: true, example: 17 })
  by_user!: number | null;
  /** Whether the posts are held: by this switch, or by a wider one */
  effective!: boolean;
  /** The switches that hold them, narrowest first: `account`, `user` (all of a user's posts), `all` (the installation) */
  @ApiProperty({ enum: SCOPES, isArray: true, example: ['account'] })
  held_by!: PauseScope[];
}

/** One move of a switch */
export class PauseEntryView {
  /** @example 42 */
  id!: number;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-02-10T06:00:00.000Z' })
  at!: string;
  @ApiProperty({ enum: SCOPES, example: 'account' })
  scope!: PauseScope;
  /** Whose posts; null: everybody's */
  @ApiProperty({ type: Number, nullable: true, example: 17 })
  user_id!: number | null;
  /** Which account; null: not about one account */
  @ApiProperty({ type: String, nullable: true, example: '17841405309211844' })
  account_id!: string | null;
  @ApiProperty({ enum: PAUSE_ACTIONS, example: 'paused' })
  action!: PauseAction;
  @ApiProperty({ type: String, nullable: true, example: 'Wrong price in the spring campaign' })
  reason!: string | null;
  /**
   * Who did it
   * @example 17
   */
  by_user!: number;
}

/** Every move of the switches, newest first */
export class PauseHistory {
  entries!: PauseEntryView[];
  /** For the next page; null at the end */
  @ApiProperty({ type: String, nullable: true })
  next_cursor!: string | null;
}
