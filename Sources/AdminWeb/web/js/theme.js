// Before anything is drawn, so that a dark page never flashes white. A classic script on purpose: modules wait.
(() => {
  const key = 'companion.theme';
  const dark = matchMedia('(prefers-color-scheme: dark)');

  /** `light`, `dark` or `auto`. */
  function chosen() {
    try {
      return localStorage.getItem(key) ?? 'auto';
    } catch {
      return 'auto';
    }
  }
  function apply() {
    const theme = chosen() === 'auto' ? (dark.matches ? 'dark' : 'light') : chosen();
    document.documentElement.dataset.theme = theme;
    document.dispatchEvent(new Event('themechange'));
  }
  dark.addEventListener('change', apply);
  window.companionTheme = {
    chosen,
    choose(theme) {
      localStorage.setItem(key, theme);
      apply();
    },
  };
  apply();
})();
