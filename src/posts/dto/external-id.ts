/** 1 to 255 characters of any script, none of them a control character. A RegExp with \p would not survive in openapi.yaml. */
export const EXTERNAL_ID = /^[^\p{Cc}]{1,255}$/u;
export const NOT_AN_EXTERNAL_ID = 'must be a text of 1 to 255 characters without control characters';
