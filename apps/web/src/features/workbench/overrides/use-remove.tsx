import type { ResourceOverride } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { call } from '../../../api/client.ts';
import { tell, tellFailure } from '../../../ui/tell.ts';
import { readAnew } from './queries.ts';
import { nameOfSubject } from './words.ts';

/** Takes an override back; the message that says so offers to bring it back. */
export function useRemove(id: string, onDone?: () => void) {
  return useMutation({
    mutationFn: async ({ id: override, revision, subject }: ResourceOverride) => {
      const file = await call('DELETE /migrations/:id/overrides/:override', {
        params: { id, override },
        query: { revision },
      });
      return { file, name: nameOfSubject(subject) };
    },
    onError: tellFailure,
    onSuccess: async ({ file, name }) => {
      await readAnew(id);
      onDone?.();
      const undo = async (): Promise<void> => {
        try {
          await call('POST /migrations/:id/override-file', { params: { id }, body: file });
          await readAnew(id);
          tell(`The override of ${name} is back.`);
        } catch (error) {
          tellFailure(error);
        }
      };
      tell(
        `${name} is as it is translated again.`,
        <Button size="compact-md" variant="default" onClick={() => void undo()}>
          Undo
        </Button>,
      );
    },
  });
}
