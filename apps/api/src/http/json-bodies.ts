import { BadRequestException, UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';

type Done = (error: Error | null, body?: unknown) => void;

/**
 * Bodies are JSON in UTF-8, or nothing. To be called on an application without parsers of its own: those of Nest and Fastify
 * put U+FFFD in the place of bytes that are no UTF-8, which stored two names as one; pass over `Content-Encoding`; take a
 * form for an object of texts; and refuse an empty body of type JSON, which clients send where there is nothing to say.
 */
export function readJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const text = textOf(request, body, done);
    if (text === '') done(null, undefined);
    else if (text !== null) void parse(request, text, done);
  });
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body: Buffer, done) => {
    done(body.length === 0 ? null : new UnsupportedMediaTypeException(), undefined);
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Null where the body was refused. */
function textOf({ headers }: FastifyRequest, body: Buffer, done: Done): string | null {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    done(new UnsupportedMediaTypeException());
    return null;
  }
  try {
    return utf8.decode(body);
  } catch (error) {
    done(new BadRequestException('The body is no UTF-8.', { cause: error }));
    return null;
  }
}
