export {
  child,
  descend,
  eachLeaf,
  entries,
  type Field,
  flag,
  items,
  number,
  rootField,
  text,
} from '@isthmus/kubernetes';
