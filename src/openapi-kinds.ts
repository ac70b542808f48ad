import type { OpenAPIObject } from '@nestjs/swagger';
import { KINDS, LIMITS, PARAMETERS, whereItGoes, type Kind, type Parameter } from './posts/kind-rules';

const isItem = (kind: Kind): boolean => kind === 'carousel_image' || kind === 'carousel_video';

/** Which kinds each body can make. */
const BODIES: Record<string, readonly Kind[]> = {
  CreatePostBody: KINDS.filter((kind) => !isItem(kind)),
  SchedulePostBody: KINDS.filter((kind) => !isItem(kind)),
  NewPostBody: KINDS.filter((kind) => !isItem(kind)),
  EditPostBody: KINDS.filter((kind) => !isItem(kind)),
  CarouselItemBody: KINDS.filter(isItem),
};

/** As JSON Schema says them; its lengths are code points, as Instagram's are. */
const LIMITS_IN_SCHEMA: Partial<Record<Parameter, { maxLength: number } | { maxItems: number }>> = {
  caption: { maxLength: LIMITS.caption },
  hashtags: { maxItems: LIMITS.hashtags },
  alt_text: { maxLength: LIMITS.altText },
  user_tags: { maxItems: LIMITS.userTags },
  collaborators: { maxItems: LIMITS.collaborators },
};

const LIMITS_IN_WORDS: Partial<Record<Parameter, string>> = {
  caption: `At most ${LIMITS.caption} characters, ${LIMITS.hashtags} hashtags and ${LIMITS.mentions} mentions.`,
};

/** Writes what the rule table says of each parameter into its description: the API's description cannot say otherwise. */
export function describeKinds(document: OpenAPIObject): OpenAPIObject {
  for (const [name, kinds] of Object.entries(BODIES)) {
    const schema = document.components?.schemas?.[name];
    if (!schema || !('properties' in schema)) continue;
    for (const parameter of PARAMETERS) {
      const property = schema.properties?.[parameter];
      if (!property) continue;
      const said = 'description' in property ? property.description : undefined;
      const sentences = [sentence(said ?? ''), LIMITS_IN_WORDS[parameter] ?? '', whereItGoes(parameter, kinds)];
      Object.assign(property, LIMITS_IN_SCHEMA[parameter], {
        description: sentences.filter((one) => one !== '').join(' '),
      });
    }
  }
  return document;
}

function sentence(text: string): string {
  return text === '' || text.endsWith('.') ? text : `${text}.`;
}
