export { dnsLabel, shortHash } from '@isthmus/kubernetes';
