import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/**
 * What OFREP 0.3.0 demands of requests, answers and events: `service/openapi.yaml` and `service/event-streams.yaml` of
 * github.com/open-feature/protocol at commit d1a63a4, without their texts. One error is fixed. There a successful
 * evaluation is `oneOf` the five types of value and the one that has no value; that one has no properties, so it
 * matches every value too, and every flag with a value matches two. Here it is `anyOf`.
 */
const texts = { type: 'string' };
const metadata = {
  type: 'object',
  additionalProperties: { oneOf: ['boolean', 'string', 'number'].map((type) => ({ type })) },
};
const failure = (codes: readonly string[]): object => ({
  type: 'object',
  properties: { key: texts, errorCode: { type: 'string', enum: codes }, errorDetails: texts, metadata },
  required: ['key', 'errorCode'],
});
const value = (type: string): object => ({ type: 'object', properties: { value: { type } }, required: ['value'] });
const evaluationSuccess = {
  type: 'object',
  required: ['key', 'reason'],
  allOf: [
    {
      properties: {
        key: texts,
        reason: { type: 'string', enum: ['STATIC', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'UNKNOWN'] },
        variant: texts,
        metadata,
      },
    },
    { anyOf: [...['boolean', 'string', 'integer', 'number', 'object'].map(value), { type: 'object', properties: {} }] },
  ],
};
const evaluationFailure = failure(['PARSE_ERROR', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL']);
const eventStream = {
  type: 'object',
  required: ['type'],
  oneOf: [
    { required: ['url'], not: { required: ['endpoint'] } },
    { required: ['endpoint'], not: { required: ['url'] } },
  ],
  properties: {
    type: texts,
    url: { type: 'string', format: 'uri' },
    endpoint: {
      type: 'object',
      required: ['requestUri'],
      properties: { origin: { type: 'string', format: 'uri' }, requestUri: { type: 'string', pattern: '^/' } },
    },
    inactivityDelaySec: { type: 'integer', minimum: 1 },
  },
};
const SCHEMAS = {
  evaluationSuccess,
  evaluationFailure,
  flagNotFound: failure(['FLAG_NOT_FOUND']),
  bulkEvaluationSuccess: {
    type: 'object',
    required: ['flags'],
    properties: {
      flags: { type: 'array', items: { oneOf: [evaluationSuccess, evaluationFailure] } },
      metadata,
      eventStreams: { type: 'array', items: eventStream },
    },
  },
  bulkEvaluationFailure: {
    type: 'object',
    properties: { errorCode: texts, errorDetails: texts },
    required: ['errorCode'],
  },
  generalErrorResponse: { type: 'object', properties: { errorDetails: texts } },
  sseEventData: {
    type: 'object',
    required: ['type'],
    properties: {
      type: texts,
      etag: texts,
      lastModified: {
        oneOf: [
          { type: 'integer', minimum: 0 },
          { type: 'string', format: 'date-time' },
        ],
      },
    },
  },
} as const;

const ajv = new Ajv2020({ strict: false, formats: { uri: (text) => URL.canParse(text), 'date-time': true } });
const validators = new Map<string, ValidateFunction>();

/** @throws Error with what the protocol demands and the payload lacks */
export function expectOfrep(name: keyof typeof SCHEMAS, payload: unknown): void {
  const validate = validators.get(name) ?? ajv.compile(SCHEMAS[name]);
  validators.set(name, validate);
  if (validate(payload)) return;
  throw new Error(`not a valid ${name} of OFREP: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(payload)}`);
}
