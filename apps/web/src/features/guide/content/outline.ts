/** A section of the guide as the rest of the app knows it: its address, its heading, and which codes it explains. */
export interface Outline {
  /** Last part of its address. */
  readonly id: string;
  readonly title: string;
  readonly chapter: string;
  /** Beginnings of codes without `ISTHMUS-`; the longest one that fits a code decides. */
  readonly explains: readonly string[];
}

const chapter = (name: string, sections: readonly Omit<Outline, 'chapter'>[]): Outline[] =>
  sections.map((section) => ({ ...section, chapter: name }));

/** All sections in their order. It holds no text, so that findings can link to sections without loading the guide. */
export const outline: readonly Outline[] = [
  ...chapter('How the meshes differ', [
    { id: 'models', title: 'Two ways to say what traffic does', explains: ['TR-'] },
    {
      id: 'scoping',
      title: 'For whom a policy counts',
      explains: ['EP-', 'SEC-002', 'PF-067', 'PF-068', 'PF-102', 'PF-066'],
    },
    { id: 'visibility', title: 'What a proxy knows', explains: ['SC-'] },
    { id: 'order', title: 'Which route decides', explains: ['VS-', 'GA-004'] },
    { id: 'defaults', title: 'What holds where nobody says anything', explains: ['MC-', 'PF-079', 'PF-080'] },
    {
      id: 'resilience',
      title: 'Load balancing, limits, retries and faults',
      explains: ['DR-', 'VS-014', 'VS-019', 'VS-041', 'VS-042', 'VS-052'],
    },
    {
      id: 'protocols',
      title: 'Ports and their protocols',
      explains: [
        'VS-005',
        'VS-022',
        'VS-037',
        'VS-038',
        'VS-047',
        'VS-049',
        'VS-050',
        'INS-006',
        'EST-005',
        'PF-010',
        'PF-011',
        'PF-012',
        'PF-013',
        'PF-014',
        'PF-015',
        'PF-016',
        'PF-017',
        'PF-018',
        'PF-019',
        'PF-020',
        'PF-069',
        'PF-081',
        'PF-101',
      ],
    },
  ]),
  ...chapter('Identity and access', [
    { id: 'identity', title: 'Who a workload is', explains: ['ID-', 'PF-045', 'PF-046', 'PF-107', 'PF-097'] },
    {
      id: 'trust',
      title: 'How each mesh comes to trust the other',
      explains: [
        'ID-003',
        'ID-004',
        'ID-005',
        'ID-006',
        'ID-011',
        'ID-012',
        'PF-047',
        'PF-061',
        'PF-062',
        'PF-063',
        'PF-064',
        'PF-106',
        'PF-108',
      ],
    },
    {
      id: 'transport',
      title: 'When connections are encrypted',
      explains: ['PA-', 'ID-007', 'ID-008', 'ID-009', 'ID-010', 'PF-006', 'PF-008', 'PF-009', 'PF-082', 'PF-083'],
    },
    { id: 'access', title: 'Who may call whom', explains: ['AP-', 'EP-001', 'EP-004', 'EP-005', 'PF-005', 'PF-042'] },
    { id: 'tokens', title: 'Tokens and external authorizers', explains: ['RA-', 'AP-005', 'PF-050', 'GW-071'] },
  ]),
  ...chapter('Edges and zones', [
    { id: 'edge', title: 'Gateways at the edge', explains: ['GW-', 'GA-', 'PF-085', 'PF-086'] },
    {
      id: 'external',
      title: 'Services outside of the mesh',
      explains: [
        'SE-',
        'VS-021',
        'VS-034',
        'VS-053',
        'VS-054',
        'DR-015',
        'DR-019',
        'GW-003',
        'GW-004',
        'GW-065',
        'GW-066',
        'PF-004',
        'PF-051',
        'PF-054',
        'PF-056',
        'PF-057',
        'PF-093',
        'PF-094',
        'PF-095',
        'PF-103',
        'PF-104',
      ],
    },
    { id: 'zones', title: 'Several clusters', explains: ['MUL-', 'GA-010', 'WL-004', 'PF-087'] },
    { id: 'machines', title: 'Workloads outside of Kubernetes', explains: ['WL-', 'AP-028', 'PF-055'] },
    { id: 'ambient', title: 'Ambient mode', explains: ['AMB-', 'GA-011', 'GW-062', 'AP-009', 'AP-010', 'PF-041'] },
  ]),
  ...chapter('Proxies', [
    {
      id: 'injection',
      title: 'How pods get their sidecar',
      explains: [
        'LAB-004',
        'LAB-005',
        'PF-001',
        'PF-002',
        'PF-003',
        'PF-021',
        'PF-022',
        'PF-023',
        'PF-024',
        'PF-070',
        'PF-071',
        'PF-072',
        'PF-073',
        'PF-074',
        'PF-075',
        'PF-076',
        'PF-088',
        'PF-089',
        'PF-096',
      ],
    },
    { id: 'pods', title: 'What applications know of the sidecar', explains: ['LAB-', 'SEC-', 'PF-', 'WL-01'] },
    { id: 'observability', title: 'Logs, metrics and traces', explains: ['TEL-', 'PF-037'] },
    { id: 'extensions', title: 'Configuration of Envoy, and modules', explains: ['EXT-', 'PF-039', 'PF-040'] },
  ]),
  ...chapter('The migration', [
    { id: 'mapping', title: 'What becomes of each kind', explains: [] },
    { id: 'import', title: 'What an import reads', explains: ['READ-', 'EST-', 'INS-'] },
    { id: 'decisions', title: 'What people decide', explains: ['OVR-', 'TR-006'] },
    { id: 'bridge', title: 'Both meshes side by side', explains: ['PA-017'] },
    { id: 'commands', title: 'Commands: istioctl and kumactl', explains: [] },
    { id: 'pitfalls', title: 'Pitfalls, checked in your estate', explains: [] },
    { id: 'scale', title: 'Scale, with numbers', explains: [] },
  ]),
];

/** The section that explains a code such as `ISTHMUS-AP-003`; undefined for what is no code of Isthmus. */
export function sectionOf(code: string): Outline | undefined {
  const short = code.replace(/^ISTHMUS-/, '');
  let best: Outline | undefined;
  let length = 0;
  for (const section of outline)
    for (const beginning of section.explains)
      if (beginning.length > length && short.startsWith(beginning)) {
        best = section;
        length = beginning.length;
      }
  return best;
}
