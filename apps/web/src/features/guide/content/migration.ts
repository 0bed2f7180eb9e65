import type { SectionText } from './section.ts';

export const migration = {
  mapping: {
    lead: 'What becomes of each kind of Istio in this release, from the same records that the translation is tested against.',
    parts: [{ kind: 'mapping' }],
    sources: ['docs/status.md and docs/reference/coverage.md of this release of Isthmus'],
  },
  import: {
    lead: 'An import reads manifests as they are and never changes them. Whatever it cannot read, or does not take, it names.',
    parts: [
      {
        kind: 'list',
        items: [
          'Files, folders and archives: YAML or JSON, one document or many. A document that cannot be read blocks, with its line.',
          'Values of Secrets are dropped before anything is kept. A private key anywhere else blocks, and nothing of its document is kept.',
          'Templates are not rendered: give the output of `helm template` or `kustomize build`.',
          'Of two versions of one object the last by path and position is used, as if the files were applied in that order.',
          'Folders named `cluster=NAME` say which cluster their files are of.',
          'What Kubernetes would not take is named, because nothing can be said of it.',
        ],
      },
      {
        kind: 'text',
        title: 'Complete or not',
        text: 'Some answers need the whole estate: that nothing restricts a workload is known only if no file is missing. Say so in the settings, and drafts for what is open become resources.\n\nWhat was kept out stands on the overview with its reason.',
      },
    ],
    sources: ['packages/kubernetes and docs/decisions.md of this release of Isthmus'],
  },
  decisions: {
    lead: 'Isthmus decides nothing that a person has to answer for. Accepted findings, changed resources and overridden gates keep their reason, and end where their ground changes.',
    parts: [
      {
        kind: 'list',
        items: [
          'Accepting a finding gives it a reason and a name. It is counted, can be shown, and counts for nothing once the finding says something else.',
          'Accepting a difference in behaviour stands in the settings, by service, port and aspect. Where access is wider the callers belong to it: a longer list has to be looked at anew.',
          'Changing an emitted resource is kept as a patch. It is checked as you type, survives a new import, and reports a conflict where what it changes has changed.',
          'A change that may widen access blocks, until somebody says that it is meant to.',
          'What is changed so bears a mark in each list, on the page of its service and in the reports; a filter shows it alone, and the mark leads to the change.',
          'Entering a phase past its gate needs a reason, which the history keeps.',
        ],
      },
      {
        kind: 'text',
        title: 'Drafts',
        text: 'A draft is what Isthmus cannot finish: a certificate that manifests do not hold, a plugin nobody has run, a rule that needs the whole estate. Drafts are in the bundle apart from what can be applied, and the field they come from is never counted as carried over exactly.',
      },
    ],
    sources: ['docs/decisions.md of this release of Isthmus'],
  },
  bridge: {
    lead: 'Both meshes run until the last service has moved. A service goes through phases, each with a gate before it and a way back behind it.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'In one cluster',
            'Pods of a service in both meshes stand behind its one Service, told apart as subsets.',
            'Namespaces change by label and restart; weights of a VirtualService shift requests within seconds.',
          ],
          [
            'In two clusters',
            'A VirtualService leads a share of requests to Kong Gateway.',
            'A MeshExternalService leads back to a gateway of Istio, under the old name.',
          ],
        ],
      },
      {
        kind: 'list',
        title: 'What keeps it safe',
        items: [
          'Permissions come before identities, trust before encryption, and never trust and weights in one step.',
          'Callees first keeps calls from Kong Mesh into Istio few: that is the weaker direction.',
          'Behind a gateway every caller looks the same. A restricted service is reached through one only where the zone egress can check identities, or somebody has written down why it may be wider.',
          'No phase is wider than Istio was: the judge of access looks at every state between the first and the last.',
          'A step back is the difference of two whole states, and asks for no gate.',
        ],
      },
      {
        kind: 'text',
        text: 'The page Bridge draws each moment, the path of one request through it, and where TLS ends. The page Plan orders the waves, and the page of a service has its next step with commands, the way to verify it and the way back. The list of services has its waves as a column, a filter and groups, and the overview adds up coverage and progress by wave, so that everybody who takes part in one finds what is theirs.',
      },
    ],
    sources: [
      'docs/decisions.md of this release of Isthmus',
      'kuma 2.14 and 3.0, istio 1.32-dev: handshakes between the meshes, run',
    ],
  },
  commands: {
    lead: 'What you do with istioctl and kubectl today, and what does the same in Kong Mesh. Names come from the open migration; what nobody can know from manifests stays a placeholder.',
    parts: [{ kind: 'commands' }],
    sources: [
      'kumactl 2.14 and 3.0: flags of inspect, install, export, generate and config run',
      'istio, istioctl, 1.32-dev; kuma, app/kumactl: other flags read',
    ],
  },
  pitfalls: {
    lead: 'What has gone wrong for others on this way, and what pre-flight says of it in your estate.',
    parts: [{ kind: 'pitfalls' }],
    sources: [
      'packages/preflight of this release of Isthmus: each check has an example that fails and one that passes',
    ],
  },
} satisfies Record<string, SectionText>;
