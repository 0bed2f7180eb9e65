import type { RequestPath } from '@isthmus/contract';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { isProblem } from '../../api/problem.ts';
import { servicesQuery } from '../../api/queries.ts';
import { Combobox } from '../../ui/combobox.tsx';
import type { Entry, Source } from '../../ui/find.ts';
import { clusterQuery } from '../../ui/form-choice.tsx';
import { Section } from '../../ui/page.tsx';
import { useAddress } from '../../ui/use-search.ts';
import { planQuery } from '../plan/queries.ts';
import classes from './bridge.module.css';
import type { Moment } from './moment.ts';
import { Picture } from './picture.tsx';
import { pathQuery } from './queries.ts';

const arrivalWords = {
  loopback: 'within the pod',
  plaintext: 'in plaintext',
  mtls: 'with the mesh’s mTLS',
  tls: 'with TLS',
} as const;

const meshWords = { istio: 'Istio', kong: 'Kong Mesh', none: '' } as const;

type Route = RequestPath['routes'][number];

/** One way of requests: from station to station, and what each of them knows of the caller. */
function RouteTable({ route, share }: { route: Route; share: boolean }) {
  const { sentence, closed, hops, identity } = route;
  return (
    <div className={classes.route}>
      <p>
        {share && <strong>{route.share} % of the requests. </strong>}
        {sentence}
      </p>
      {closed !== undefined && (
        <p className={classes.closed}>
          <strong>Closed.</strong> {closed}
        </p>
      )}
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Station</th>
              <th scope="col">Mesh</th>
              <th scope="col">Reached</th>
              <th scope="col">TLS ends</th>
              <th scope="col">Sees the caller as</th>
            </tr>
          </thead>
          <tbody>
            {hops.map(({ name, mesh, arrival, endsTls, sees, note }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a request may come by one station twice
              <tr key={index}>
                <th scope="row" className="mono">
                  {name}
                </th>
                <td data-mesh={mesh}>{meshWords[mesh]}</td>
                <td>{arrival === undefined ? 'begins here' : arrivalWords[arrival]}</td>
                <td>{endsTls ? 'here' : ''}</td>
                <td>
                  {sees !== undefined && <span className="mono">{sees}</span>}
                  {note !== undefined && <p className="muted">{note}</p>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>
        {closed === undefined && (
          <>
            The server sees{' '}
            {identity === undefined ? (
              'no identity: it may allow these callers by nothing but the network.'
            ) : (
              <>
                <span className="mono">{identity}</span>.
              </>
            )}
          </>
        )}
      </p>
    </div>
  );
}

type Target = Entry & { readonly id: string };

const sourceOf = (group: string, ids: readonly string[]): Source<Target> => ({
  texts: ids.map((id) => id.toLowerCase()),
  entry: (index) => ({ group, title: ids[index] as string, hint: '', id: ids[index] as string }),
  isShownAtFirst: true,
});

/** The path of one request at the moment that is looked at. */
export function PathSection({ migration, moment }: { migration: string; moment: Moment }) {
  const [search, change] = useAddress();
  const { from, to } = search;
  const services = useQuery(servicesQuery(migration)).data;
  const plan = useQuery(planQuery(migration)).data;
  const ids = useMemo(() => (services ?? []).map(({ id }) => id), [services]);
  const gateways = useMemo(() => [...new Set((plan?.entries ?? []).map((one) => one.from))].sort(), [plan]);
  const callers = useMemo(() => [sourceOf('Service', ids), sourceOf('Gateway', gateways)], [ids, gateways]);
  const callees = useMemo(() => {
    const called = new Set(
      [...(plan?.calls ?? []), ...(plan?.entries ?? [])].filter((one) => one.from === from).map((one) => one.to),
    );
    const known = ids.filter((id) => called.has(id));
    return [
      sourceOf('It calls', known),
      sourceOf(
        'Service',
        ids.filter((id) => !called.has(id)),
      ),
    ];
  }, [ids, plan, from]);
  const port = search.port !== undefined && /^\d{1,5}$/.test(search.port) ? Number(search.port) : undefined;
  const { data, error } = useQuery({
    ...pathQuery(migration, {
      from: from ?? '',
      to: to ?? '',
      ...(port === undefined ? {} : { port }),
      ...clusterQuery(search.cluster),
      ...(moment.wave === undefined ? {} : { wave: moment.wave }),
      ...(moment.stage === undefined ? {} : { stage: moment.stage }),
    }),
    enabled: from !== undefined && to !== undefined,
  });
  return (
    <Section
      title="The path of a request"
      note="Its stations at the chosen moment, where TLS ends, and which identity the server sees."
    >
      <div className={classes.tools}>
        <span>From</span>
        <Combobox
          label="Caller"
          placeholder="Service or gateway"
          value={from ?? ''}
          sources={callers}
          none="No service or gateway is called so."
          onOpen={() => {}}
          onChoose={({ id }) => change({ from: id })}
        />
        <span>to</span>
        <Combobox
          label="Called service"
          placeholder="Service"
          value={to ?? ''}
          sources={callees}
          none="No service is called so."
          onOpen={() => {}}
          onChoose={({ id }) => change({ to: id, port: undefined })}
        />
        {data !== undefined && from !== undefined && to !== undefined && (
          <span className="muted">
            as <span className="mono">{data.host}</span>, port {data.port}
            {data.cluster !== undefined && `, in ${data.cluster}`}
          </span>
        )}
      </div>
      {from === undefined || to === undefined ? (
        <p className="muted">Choose who calls and who is called.</p>
      ) : error !== null ? (
        <p role="alert">
          {isProblem(error, 'not-found')
            ? `No path is known from ${from} to ${to}: one of them is not in the import, has no such port, or the gateway does not lead there.${plan !== undefined && plan.clusters.length > 0 ? ' Calls from one cluster of Istio to another are not part of the bridge.' : ''}`
            : error.message}
        </p>
      ) : data === undefined ? (
        <p className="muted" role="status">
          Following the request …
        </p>
      ) : (
        <>
          <Picture
            mermaid={data.mermaid}
            description={data.routes.map(({ sentence }) => sentence).join(' ')}
            label={`Picture of the path from ${from} to ${to}`}
            name={['path', from, to, moment.wave, moment.stage]}
          />
          {data.routes.map((route) => (
            <RouteTable key={`${route.from} ${route.to}`} route={route} share={data.routes.length > 1} />
          ))}
        </>
      )}
    </Section>
  );
}
