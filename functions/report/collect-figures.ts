import type { DynamoDBStreamEvent } from 'aws-lambda';
import { journalRecord } from '#shared/journal/journal-record.ts';
import { ParticipantEvent } from '#shared/journal/participant.ts';
import { programFiles } from '#shared/platform/files.ts';
import { task } from '#shared/platform/task.ts';
import { contributionOf } from '#shared/report/figures.ts';
import { type FiguresFiles, figuresFiles } from '#shared/report/figures-files.ts';
import { streamItem } from '#shared/table/stream.ts';

/** Table stream: leaves what the decisions of citizens add to the figures, to be counted once. */
export function collectFigures({ figures }: { readonly figures: FiguresFiles }) {
  return task<DynamoDBStreamEvent>('collectFigures', async ({ Records }) => {
    const contributions = Records.flatMap((record) => {
      const item = streamItem(record);
      const decision = item && journalRecord(item);
      if (decision?.kind !== 'participant') return [];
      const events = decision.events.map((event) => ParticipantEvent.parse(event));
      const added = contributionOf(`${decision.id}#${decision.version}`, decision.provinceCode, events);
      return added ? [added] : [];
    });
    await figures.leave(contributions);
  });
}

export const handler = collectFigures({ figures: figuresFiles(programFiles()) });
