import type { Hello } from '../../src/workbench/contract/calls.ts';
import type { Question } from '../../src/workbench/contract/question.ts';
import type { ResultInfo } from '../../src/workbench/contract/states.ts';
import type { StartedUi } from './start-ui.ts';

export const ownQuestion: Question = {
  ...{ hunt: null, query: 0, text: null, window: null, platform: null },
  ...{ set: [], only: [], exclude: [] },
};

/** Runs a question as the page does, and waits for its answer on the stream. */
export async function runQuestion(ui: StartedUi, question: Question): Promise<ResultInfo> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await ui.token()}` };
  const started = await fetch(`${ui.origin}/api/v1/jobs`, {
    ...{ method: 'POST', headers },
    body: JSON.stringify({ kind: 'run', questions: [question], keep: true }),
  });
  const { job } = (await started.json()) as { job: string };
  const controller = new AbortController();
  const stream = await fetch(`${ui.origin}/api/v1/stream?after=0`, { headers, signal: controller.signal });
  let text = '';
  try {
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop()!;
      for (const line of lines) {
        const said = JSON.parse(line);
        if (said.kind === 'item' && said.job === job) return said.item as ResultInfo;
        if (said.kind === 'job' && said.job.job === job && said.job.state === 'failed') throw new Error(said.job.error);
      }
    }
  } finally {
    controller.abort();
  }
  throw new Error('the stream ended before the answer');
}

/** Waits until the files are read: before, hunts run on what is there. */
export async function untilRead(ui: StartedUi): Promise<void> {
  for (;;) {
    const { data } = await ui.call<Hello>('hello');
    if (data.reading === null) return;
  }
}
