import type { FastifyRequest } from 'fastify';
import { illegalArgument } from '../store/refusal.ts';
import { chooseFormat, type FormatName } from './response-formats.ts';

/** How a request wants its answer written. */
export interface AnswerForm {
  readonly format: FormatName;
  readonly columnar: boolean;
  readonly dropNullColumns: boolean;
  readonly header: boolean;
  readonly delimiter: string;
  /** Set where the client speaks the vendor's own media types, which the answer then has too. */
  readonly vendorVersion: string | null;
}

interface FormParameters {
  readonly format?: string;
  readonly delimiter?: string;
  readonly drop_null_columns?: string;
  readonly header?: string;
}

/** Reads the form from the parameters and headers of a request; throws a Refusal for what does not go together. */
export function readAnswerForm(request: FastifyRequest, columnar: boolean): AnswerForm {
  const { format: wanted, delimiter, drop_null_columns, header } = request.query as FormParameters;
  const { accept, 'content-type': contentType } = request.headers;
  const format = chooseFormat(wanted, accept, contentType);
  if (delimiter !== undefined) {
    if (format !== 'csv')
      throw illegalArgument('parameter: [delimiter] can only be used with the format [csv] for request [/_query]');
    if (delimiter.length !== 1 || /["\r\n\t]/.test(delimiter))
      throw illegalArgument(`invalid delimiter [${delimiter}]: one character, not a quote, line end or tab`);
  }
  return {
    format,
    columnar,
    dropNullColumns: drop_null_columns !== undefined && drop_null_columns !== 'false',
    header: (header ?? /;\s*header=(\w+)/i.exec(accept ?? '')?.[1]) !== 'absent',
    delimiter: delimiter ?? ',',
    vendorVersion: /application\/vnd\.elasticsearch\+[^;]*;\s*compatible-with=(\d+)/.exec(accept ?? '')?.[1] ?? null,
  };
}
