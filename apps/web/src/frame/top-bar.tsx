import { Link } from '@tanstack/react-router';
import classes from './top-bar.module.css';

export function TopBar() {
  return (
    <header className={classes.bar}>
      <Link to="/" className={classes.brand}>
        Isthmus
      </Link>
    </header>
  );
}
