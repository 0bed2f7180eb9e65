import type { ReactNode } from 'react';
import classes from './mesh-sides.module.css';

/** What each mesh does, beside each other in the colours of the meshes. */
export function MeshSides({ children }: { children: ReactNode }) {
  return <dl className={classes.sides}>{children}</dl>;
}

/** One mesh of `MeshSides`. */
export function MeshSide(props: { mesh: 'source' | 'target'; title: string; children: ReactNode }) {
  const { mesh, title, children } = props;
  return (
    <div data-mesh={mesh}>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}
