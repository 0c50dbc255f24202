import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import type { ErrorKind } from '@sluice/core';

/** One code of one class. */
export interface FoundError {
  readonly code: string;
  /** More than one where what is thrown decides. */
  readonly kinds: readonly ErrorKind[];
  /** The class's comment, or the message where it has none. */
  readonly about: string;
  /** Below the project. */
  readonly file: string;
}

/**
 * The codes of all subclasses of `DomainError` in the sources, read from the syntax, because a class says its code only
 * when it is thrown. A class has a literal `code` and `kind`, or a union of kinds; or its codes are the keys of `const kinds` in its file.
 * Throws where a class has neither, so that no code is left out silently.
 */
export function findErrors(root: string): FoundError[] {
  const files = ['apps', 'libs']
    .flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true }).map((file) => `${folder}/${file}`))
    .filter(
      (file) => file.endsWith('.ts') && file.includes('/src/') && !/\.spec\.|-e2e\/|\/(testing|generated)\//.test(file),
    )
    .sort();
  const sources = files.map((file) => parse(root, file));
  const messages = new Map(sources.flatMap(messagesByCode));
  return sources.flatMap((source) => classesOf(source).flatMap((found) => codesOf(source, found, messages)));
}

const parse = (root: string, file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(path.join(root, file), 'utf8'), ts.ScriptTarget.ES2022, true);

function nodesOf(source: ts.SourceFile): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return nodes;
}

const classesOf = (source: ts.SourceFile): ts.ClassDeclaration[] =>
  nodesOf(source)
    .filter(ts.isClassDeclaration)
    .filter(({ heritageClauses }) =>
      heritageClauses?.some(({ types }) => types.some(({ expression }) => expression.getText() === 'DomainError')),
    );

function codesOf(
  source: ts.SourceFile,
  found: ts.ClassDeclaration,
  messages: ReadonlyMap<string, string>,
): FoundError[] {
  const file = source.fileName;
  const [single] = literals(found, 'code');
  const own = literals(found, 'kind') as ErrorKind[];
  if (single && own.length > 0) {
    return [{ code: single, kinds: own, about: commentOf(found) ?? messageOf(found) ?? '', file }];
  }
  const byCode = kindsOf(source);
  if (single || own.length > 0 || byCode.length === 0) {
    throw new Error(`${file}: ${found.name?.text} says no code or no kind.`);
  }
  return byCode.map(([code, kind]) => ({ code, kinds: [kind], about: messages.get(code) ?? '', file }));
}

/** What a property such as `readonly code = 'X'` or `readonly kind: 'x' | 'y'` can be. */
function literals(found: ts.ClassDeclaration, name: string): string[] {
  const property = found.members.filter(ts.isPropertyDeclaration).find((member) => member.name.getText() === name);
  if (property?.initializer) return ts.isStringLiteral(property.initializer) ? [property.initializer.text] : [];
  const types = property?.type && ts.isUnionTypeNode(property.type) ? property.type.types : [];
  return types.flatMap((type) =>
    ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? [type.literal.text] : [],
  );
}

/** The entries of `const kinds = { CODE: 'kind' } as const`. */
function kindsOf(source: ts.SourceFile): [code: string, kind: ErrorKind][] {
  const declared = nodesOf(source).find((node) => ts.isVariableDeclaration(node) && node.name.getText() === 'kinds');
  const object = declared && firstObject(declared);
  return (object?.properties ?? []).flatMap((entry) =>
    ts.isPropertyAssignment(entry) && ts.isStringLiteral(entry.initializer)
      ? [[entry.name.getText(), entry.initializer.text as ErrorKind]]
      : [],
  );
}

const firstObject = (node: ts.Node): ts.ObjectLiteralExpression | undefined =>
  ts.isObjectLiteralExpression(node) ? node : ts.forEachChild(node, firstObject);

function commentOf(found: ts.ClassDeclaration): string | undefined {
  const [comment] = ts.getJSDocCommentsAndTags(found);
  return comment && ts.isJSDoc(comment) ? ts.getTextOfJSDocComment(comment.comment) : undefined;
}

/** What the class itself says when it is made. */
function messageOf(found: ts.ClassDeclaration): string | undefined {
  const call = found.members
    .filter(ts.isConstructorDeclaration)
    .flatMap(({ body }) => body?.statements ?? [])
    .filter(ts.isExpressionStatement)
    .map(({ expression }) => expression)
    .filter(ts.isCallExpression)
    .find(({ expression }) => expression.kind === ts.SyntaxKind.SuperKeyword);
  return call?.arguments[0] && textOf(call.arguments[0]);
}

/** The first message that the sources give with a code: `new AnyError('CODE', 'message')`. */
function messagesByCode(source: ts.SourceFile): [code: string, message: string][] {
  return nodesOf(source)
    .filter(ts.isNewExpression)
    .flatMap(({ arguments: [code, message] = ts.factory.createNodeArray<ts.Expression>() }) => {
      const text = message && textOf(message);
      return code && ts.isStringLiteral(code) && text ? [[code.text, text]] : [];
    });
}

function textOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal: { text } }) => `…${text}`).join('');
}
