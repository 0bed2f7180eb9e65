/** Whether a text is a duration above zero as Go writes it (`1.5s`, `1h30m`), which both meshes read alike. */
export function isDuration(text: string): boolean {
  return /^(?:\d+(?:\.\d+)?(?:h|m|s|ms|us|ns))+$/.test(text) && /[1-9]/.test(text);
}
