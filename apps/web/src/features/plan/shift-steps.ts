/** `10, 50, 100` as steps; undefined where they do not grow to 100. */
export function stepsOf(text: string): number[] | undefined {
  const steps = text
    .split(/[\s,%]+/)
    .filter(Boolean)
    .map(Number);
  const isGrowing = steps.every(
    (step, index) => Number.isInteger(step) && step >= 1 && step <= 100 && step > (steps[index - 1] ?? 0),
  );
  return isGrowing && steps.at(-1) === 100 ? steps : undefined;
}
