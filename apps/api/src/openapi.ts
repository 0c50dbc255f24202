import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { type Node, toOpenApi31 } from './openapi-3-1';
import { withDomains } from './domains/openapi-domains';
import { withConditions } from './http/openapi-conditions';
import { withUnreadable } from './http/openapi-unreadable';
import { withSecurity } from './security/openapi-security';

/** The document at /openapi.json and the page at /docs, of version 3.1: the generator writes 3.0, which is converted. */
export function setUpOpenApi(app: INestApplication): void {
  const outline = new DocumentBuilder()
    .setTitle('Sluice')
    .setDescription(
      "The migrated trading backend. The legacy service's routes keep their parameters, orders and shapes, its errors (`detail`) included; " +
        'the errors of all others are RFC 9457 problem details. Every answer carries `X-Request-Id`. ' +
        'A route names the scope that it asks of an API key; `npm start` on loopback asks for none.',
    )
    .setVersion('0.1.0')
    .addTag('context', 'What agents and users keep: analyses, learnings, preferences, and context memory.')
    .addTag('sessions', 'What clients keep of a session.')
    .addTag('LLM costs', 'What requests to language models cost, and their budget.')
    .addTag('recommendations', 'What was recommended, logged, ended and evaluated.')
    .addTag('performance', 'Recommendations and what they were worth.')
    .addTag('top picks', 'Runs of the top-picks engine.')
    .addTag('runs', 'Runs of the top-picks engine: stored, read, archived.')
    .addTag('picks', 'Picks as they were signalled, and what became of them.')
    .addTag('policies', 'Policies of the reinforcement learner, and their training.')
    .addTag('levels', 'Pivot levels, supports and resistances.')
    .addTag('candles', 'Prices of a symbol, from their cache or their source.')
    .addTag('cached values', 'What jobs and the engine left in the caches.')
    .addTag('candles cache', 'The cache of candles.')
    .addTag('general cache', 'What any part of the program keeps for a while.')
    .addTag('caches', 'For operators.')
    .addTag('cutover', 'For operators: how far each domain has moved from its legacy file to PostgreSQL.')
    .addTag('health', 'For balancers and operators.')
    .build();
  const document = (): OpenAPIObject => {
    const written = SwaggerModule.createDocument(app, outline);
    return [toOpenApi31, withDomains, withConditions, withUnreadable, withSecurity].reduce<Node>(
      (made, step) => step(made),
      { ...written },
    ) as unknown as OpenAPIObject;
  };
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Sluice API',
  });
}
