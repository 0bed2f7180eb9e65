import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { servicesQuery } from '../../api/queries.ts';
import { useLooseSearch } from '../../ui/use-search.ts';
import type { requestNames, Unreadable } from './request-address.ts';
import classes from './simulator.module.css';

type Name = (typeof requestNames)[number];

interface FieldProps {
  readonly name: Name;
  readonly label: string;
  readonly placeholder: string;
  readonly problem: string | undefined;
  readonly options?: readonly string[];
  readonly isLong?: boolean;
}

/** A part of the request, which follows into the address as it is typed. */
function Field({ name, label, placeholder, problem, options, isLong = false }: FieldProps) {
  const id = useId();
  const [text, setText] = useLooseSearch(name);
  const shared = {
    id,
    value: text,
    placeholder,
    spellCheck: false,
    autoComplete: 'off',
    className: isLong ? classes.area : classes.input,
    'aria-invalid': problem === undefined ? undefined : true,
    'aria-describedby': problem === undefined ? undefined : `${id}-problem`,
  } as const;
  return (
    <div className={classes.field} data-name={name}>
      <label htmlFor={id}>{label}</label>
      {isLong ? (
        <textarea {...shared} rows={3} onChange={({ target }) => setText(target.value)} />
      ) : (
        <input
          {...shared}
          list={options === undefined ? undefined : `${id}-options`}
          onChange={({ target }) => setText(target.value)}
        />
      )}
      {options !== undefined && (
        <datalist id={`${id}-options`}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
      {problem !== undefined && (
        <p id={`${id}-problem`} className={classes.problem}>
          {problem}
        </p>
      )}
    </div>
  );
}

const mostOffered = 50;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

interface RequestFormProps {
  readonly migration: string;
  readonly ports: readonly number[];
  readonly unreadable: Unreadable | undefined;
}

/** The request that is simulated: who asks whom for what. */
export function RequestForm({ migration, ports, unreadable }: RequestFormProps) {
  const { data: services = [] } = useQuery(servicesQuery(migration));
  const [typed] = useLooseSearch('service');
  const offered = services
    .filter(({ id, origin }) => origin === 'service' && id.includes(typed) && id !== typed)
    .slice(0, mostOffered)
    .map(({ id }) => id);
  const namespaces = [...new Set(services.map(({ namespace }) => namespace))].sort().slice(0, mostOffered);
  const [namespace = 'sales', name = 'seats'] = typed.includes('/') ? typed.split('/') : [];
  const problemOf = (of: Name): string | undefined => (unreadable?.name === of ? unreadable.problem : undefined);
  const field = (of: Name, label: string, placeholder: string, more: Partial<FieldProps> = {}) => (
    <Field name={of} label={label} placeholder={placeholder} problem={problemOf(of)} {...more} />
  );
  return (
    <form className={classes.form} aria-label="Request" onSubmit={(event) => event.preventDefault()}>
      {field('service', 'Service', 'sales/seats', { options: offered })}
      {field('port', 'Port', ports[0] === undefined ? '80' : String(ports[0]), { options: ports.map(String) })}
      {field('method', 'Method', 'GET', { options: methods })}
      {field('path', 'Path and query', '/')}
      {field('host', 'Host', `${name}.${namespace}`)}
      {field('client', "Client's namespace", namespace, { options: namespaces })}
      {field('labels', "Client's labels", 'app=web, version=v1')}
      {field('headers', 'Headers, one on a line', 'x-cabin: crew', { isLong: true })}
    </form>
  );
}
