import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type User } from '../auth/current-user';
import { ApiErrors } from '../common/api-errors';
import { IdParam } from '../common/id-param';
import { ListQuery } from '../common/list-query.dto';
import { AssetIntake } from './asset-intake.service';
import { AssetsService } from './assets.service';
import { CreateAssetBody, UpdateAssetBody, UploadAssetBody } from './dto/asset-bodies.dto';
import { AssetList, AssetView } from './dto/asset-views.dto';
import { UploadedForm, type UploadForm } from './uploaded-form';

@ApiTags('Assets')
@ApiBearerAuth()
@Controller('api/instagram/assets')
export class AssetsController {
  constructor(
    private readonly assets: AssetsService,
    private readonly intake: AssetIntake,
  ) {}

  /** Adds media that is on the web; it is probed and stays where it is */
  @Post()
  @ApiErrors(
    'malformed_json',
    'media_unreachable',
    'media_invalid_format',
    'media_too_large',
    'payload_too_large',
    'unsupported_media_type',
    'validation_error',
    'url_not_allowed',
  )
  async createAsset(@CurrentUser() user: User, @Body() body: CreateAssetBody): Promise<AssetView> {
    return this.assets.get(user.id, await this.intake.fromUrl(user.id, body));
  }

  /** Uploads media; it is probed and kept here */
  @Post('upload')
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: UploadAssetBody })
  @ApiErrors('media_invalid_format', 'payload_too_large', 'unsupported_media_type', 'validation_error')
  async uploadAsset(@CurrentUser() user: User, @UploadedForm() form: UploadForm): Promise<AssetView> {
    return this.assets.get(user.id, await this.intake.fromUpload(user.id, form));
  }

  /** Lists the media library, newest first */
  @Get()
  @ApiErrors('invalid_cursor', 'validation_error')
  listAssets(@CurrentUser() user: User, @Query() query: ListQuery): Promise<AssetList> {
    return this.assets.list(user.id, query);
  }

  /** Reads one asset */
  @Get(':id')
  @ApiErrors('not_found')
  getAsset(@CurrentUser() user: User, @Param('id', IdParam) id: number): Promise<AssetView> {
    return this.assets.get(user.id, id);
  }

  /** Changes the texts of an asset */
  @Patch(':id')
  @ApiErrors('malformed_json', 'not_found', 'payload_too_large', 'unsupported_media_type', 'validation_error')
  updateAsset(
    @CurrentUser() user: User,
    @Param('id', IdParam) id: number,
    @Body() body: UpdateAssetBody,
  ): Promise<AssetView> {
    return this.assets.update(user.id, id, body);
  }

  /** Removes an asset that no open post needs, and its file if it was uploaded; what was posted stays on Instagram */
  @Delete(':id')
  @HttpCode(204)
  @ApiErrors('asset_in_use', 'not_found')
  deleteAsset(@CurrentUser() user: User, @Param('id', IdParam) id: number): Promise<void> {
    return this.assets.delete(user.id, id);
  }
}
