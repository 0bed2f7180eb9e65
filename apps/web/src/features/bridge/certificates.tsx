import type { CertificateInfo, StoredPlan } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import { call } from '../../api/client.ts';
import { storePlan } from '../../api/live.ts';
import { isProblem } from '../../api/problem.ts';
import { queryClient } from '../../api/queries.ts';
import { exactly } from '../../text/format.ts';
import { Section } from '../../ui/page.tsx';
import { OutcomeMark } from '../../ui/status.tsx';
import { tell } from '../../ui/tell.ts';
import classes from './bridge.module.css';

type Side = 'istio' | 'kong';

const sides = {
  istio: { title: 'Istio’s root', help: 'Kong Mesh trusts callers in Istio by it.' },
  kong: { title: 'Kong Mesh’s root', help: 'Istio trusts callers in Kong Mesh by it.' },
} as const;

const validities = {
  valid: ['exact', 'valid'],
  'expires-soon': ['approximate', 'expires soon'],
  expired: ['unsupported', 'expired'],
  'not-yet': ['unsupported', 'not valid yet'],
} as const;

function Certificate({ certificate }: { certificate: CertificateInfo }) {
  const { subject, issuer, serial, notBefore, notAfter, fingerprint, keyType, validity } = certificate;
  const [mark, word] = validities[validity];
  return (
    <li>
      <details>
        <summary>
          <span className={classes.validity}>
            <OutcomeMark outcome={mark} />
            {word}
          </span>
          <span className="mono">{subject}</span>
          <span>
            until <time dateTime={notAfter}>{exactly(notAfter)}</time>
          </span>
        </summary>
        <dl className={classes.facts}>
          <dt>Issuer</dt>
          <dd className="mono">{issuer}</dd>
          <dt>Valid from</dt>
          <dd>{exactly(notBefore)}</dd>
          <dt>Key</dt>
          <dd>{keyType}</dd>
          <dt>Serial</dt>
          <dd className="mono">{serial}</dd>
          <dt>SHA-256</dt>
          <dd className="mono">{fingerprint}</dd>
        </dl>
      </details>
    </li>
  );
}

/** The roots of one mesh: given as PEM, shown with their end. */
function Roots({ migration, stored, side }: { migration: string; stored: StoredPlan; side: Side }) {
  const id = useId();
  const file = useRef<HTMLInputElement>(null);
  const [pem, setPem] = useState<string>();
  const { title, help } = sides[side];
  const certificates = stored.certificates[side];
  const save = useMutation({
    mutationFn: ({ text, revision }: { text: string; revision: number }) =>
      call('POST /migrations/:id/plan/certificates', {
        params: { id: migration },
        body: { revision, side, pem: text },
      }),
    onSuccess: (next) => {
      storePlan(queryClient, migration, next);
      setPem(undefined);
      tell(next.certificates[side].length === 0 ? 'Removed.' : 'Kept for everybody.');
    },
    onError: (error) => {
      if (isProblem(error, 'conflict')) storePlan(queryClient, migration, error.problem.current as StoredPlan);
    },
  });
  const send = (text: string): void => save.mutate({ text, revision: stored.revision });
  const isConflict = isProblem(save.error, 'conflict');
  return (
    <div className={classes.roots}>
      <h3 className={classes.subtitle}>{title}</h3>
      <p className="muted">{help}</p>
      {certificates.length === 0 ? (
        <p>None given yet.</p>
      ) : (
        <ul className={classes.certificates} aria-label={title}>
          {certificates.map((certificate) => (
            <Certificate key={certificate.fingerprint} certificate={certificate} />
          ))}
        </ul>
      )}
      {pem !== undefined && (
        <form
          className={classes.pem}
          onSubmit={(event) => {
            event.preventDefault();
            if (pem.trim() !== '') send(pem);
          }}
        >
          <label htmlFor={id}>Certificates as PEM, never a private key</label>
          <textarea
            id={id}
            rows={6}
            spellCheck={false}
            autoComplete="off"
            placeholder="-----BEGIN CERTIFICATE-----"
            value={pem}
            onChange={({ target }) => setPem(target.value)}
          />
          <div className={classes.tools}>
            <Button size="compact-md" type="submit" loading={save.isPending} disabled={pem.trim() === ''}>
              {certificates.length === 0 ? 'Use them' : 'Replace'}
            </Button>
            <Button size="compact-md" variant="default" onClick={() => file.current?.click()}>
              From a file …
            </Button>
            <Button
              size="compact-md"
              variant="default"
              onClick={() => {
                setPem(undefined);
                save.reset();
              }}
            >
              Cancel
            </Button>
            <input
              ref={file}
              type="file"
              hidden
              aria-label={`File with ${title}`}
              onChange={({ target }) => void target.files?.[0]?.text().then(setPem)}
            />
          </div>
        </form>
      )}
      {save.error !== null && (
        <p role="alert" className={classes.refused}>
          <strong>{isConflict ? 'Not kept.' : 'Refused.'}</strong>{' '}
          {isConflict
            ? 'Somebody else changed the plan meanwhile; above is what is kept now, and yours is still in the field. Look at both, then press again.'
            : save.error.message}
        </p>
      )}
      {pem === undefined && (
        <div className={classes.tools}>
          <Button size="compact-md" variant="default" onClick={() => setPem('')}>
            {certificates.length === 0 ? 'Give certificates …' : 'Replace …'}
          </Button>
          {certificates.length > 0 && (
            <Button size="compact-md" variant="default" loading={save.isPending} onClick={() => send('')}>
              Remove
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

/** What makes each mesh trust the other. */
export function Certificates({ migration, stored }: { migration: string; stored: StoredPlan }) {
  return (
    <Section
      title="Trust"
      note="Root certificates of both authorities. They are shown with their end, and checked by the gates; private keys stay with you and are refused."
    >
      <div className={classes.columns}>
        <Roots migration={migration} stored={stored} side="istio" />
        <Roots migration={migration} stored={stored} side="kong" />
      </div>
    </Section>
  );
}
