import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef } from 'react';
import { servicesQuery } from '../../api/queries.ts';
import type { Search } from '../../ui/search.ts';
import { isGateway, type requestNames, type Unreadable } from './request-address.ts';
import classes from './simulator.module.css';

type Name = (typeof requestNames)[number];

interface FieldProps {
  readonly name: Name;
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly problem: string | undefined;
  readonly onChange: (part: Search) => void;
  readonly options?: readonly string[];
  readonly isLong?: boolean;
}

/** A part of the request. */
function Field({ name, label, value, placeholder, problem, onChange, options, isLong = false }: FieldProps) {
  const id = useId();
  const change = (text: string): void => onChange({ [name]: text === '' ? undefined : text });
  const shared = {
    id,
    value,
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
        <textarea {...shared} rows={2} onChange={({ target }) => change(target.value)} />
      ) : (
        <input
          {...shared}
          list={options === undefined ? undefined : `${id}-options`}
          onChange={({ target }) => change(target.value)}
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
  readonly search: Search;
  readonly ports: readonly number[];
  readonly unreadable: Unreadable | undefined;
  /** Grows when the path is to take the focus. */
  readonly calls: number;
  readonly onChange: (part: Search) => void;
}

/** The request that is simulated: who asks whom for what. */
export function RequestForm({ migration, search, ports, unreadable, calls, onChange }: RequestFormProps) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (calls > 0) form.current?.querySelector<HTMLElement>('[data-name=path] input')?.focus();
  }, [calls]);
  const { data: services = [] } = useQuery(servicesQuery(migration));
  const to = search.to ?? search.service ?? '';
  const offered = services
    .filter(({ id, origin }) => origin === 'service' && id.includes(to) && id !== to)
    .slice(0, mostOffered)
    .map(({ id }) => id);
  const namespaces = [...new Set(services.map(({ namespace }) => namespace))].sort().slice(0, mostOffered);
  const [namespace = 'sales', name = 'seats'] = to.includes('/') ? to.split('/') : [];
  const field = (of: Name, label: string, placeholder: string, more: Partial<FieldProps> = {}) => (
    <Field
      name={of}
      label={label}
      value={search[of] ?? ''}
      placeholder={placeholder}
      problem={unreadable?.name === of ? unreadable.problem : undefined}
      onChange={onChange}
      {...more}
    />
  );
  // Without a service that is shown it is the first question.
  const service = field('to', 'Service', search.service ?? 'sales/seats', { options: offered });
  return (
    <form ref={form} className={classes.form} aria-label="Request" onSubmit={(event) => event.preventDefault()}>
      {search.service === undefined && service}
      {field('method', 'Method', 'GET', { options: methods })}
      {field('path', 'Path and query', '/')}
      {field('headers', 'Headers, one on a line', 'x-cabin: crew', { isLong: true })}
      {search.service !== undefined && service}
      {field('port', 'Port', ports[0] === undefined ? '80' : String(ports[0]), { options: ports.map(String) })}
      {field('host', 'Host', isGateway(to) ? 'www.example.com' : `${name}.${namespace}`)}
      {field('client', "Client's namespace", namespace, { options: namespaces })}
      {field('labels', "Client's labels", 'app=web, version=v1')}
    </form>
  );
}
