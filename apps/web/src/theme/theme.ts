import { type CSSVariablesResolver, createTheme, defaultVariantColorsResolver, rem } from '@mantine/core';

/** Mantine's theme, which takes every colour and size from `tokens.css`. */
export const theme = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: rem(12), sm: rem(13), md: rem(13), lg: rem(15), xl: rem(18) },
  lineHeights: { xs: '1.45', sm: '1.45', md: '1.45', lg: '1.45', xl: '1.3' },
  headings: { fontFamily: 'var(--font)', fontWeight: '600' },
  radius: { xs: rem(4), sm: rem(4), md: rem(6), lg: rem(6), xl: rem(6) },
  defaultRadius: 'md',
  respectReducedMotion: true,
  focusRing: 'auto',
  cursorType: 'pointer',
  // Ink, not a hue: colours belong to the two meshes and to the states.
  variantColorResolver(input) {
    const danger = input.color === 'danger';
    if (input.variant === 'filled')
      return {
        background: danger ? 'var(--unsupported)' : 'var(--text)',
        hover: danger ? 'color-mix(in srgb, var(--unsupported) 85%, black)' : 'var(--muted)',
        color: 'var(--ground)',
        border: '1px solid transparent',
      };
    if (input.variant === 'default' || input.variant === 'outline')
      return {
        background: 'var(--ground)',
        hover: 'var(--sunk)',
        color: danger ? 'var(--unsupported)' : 'var(--text)',
        border: `1px solid ${danger ? 'var(--unsupported)' : 'var(--border-strong)'}`,
      };
    if (input.variant === 'subtle' || input.variant === 'light')
      return {
        background: 'transparent',
        hover: 'var(--sunk)',
        color: danger ? 'var(--unsupported)' : 'var(--text)',
        border: '1px solid transparent',
      };
    return defaultVariantColorsResolver(input);
  },
});

const variables = {
  '--mantine-color-body': 'var(--ground)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--muted)',
  '--mantine-color-placeholder': 'var(--muted)',
  '--mantine-color-error': 'var(--unsupported)',
  '--mantine-color-anchor': 'var(--text)',
  '--mantine-color-default': 'var(--ground)',
  '--mantine-color-default-hover': 'var(--sunk)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--border-strong)',
  '--mantine-color-disabled': 'var(--sunk)',
  '--mantine-color-disabled-color': 'var(--muted)',
  '--mantine-color-disabled-border': 'var(--border)',
  '--mantine-primary-color-filled': 'var(--text)',
  '--mantine-primary-color-filled-hover': 'var(--muted)',
  '--mantine-primary-color-contrast': 'var(--ground)',
  '--mantine-shadow-xs': 'none',
  '--mantine-shadow-sm': 'none',
  '--mantine-shadow-md': 'var(--floating)',
  '--mantine-shadow-lg': 'var(--floating)',
  '--mantine-shadow-xl': 'var(--floating)',
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: variables, dark: variables });
