/** Props of a form that sends with its button, and with Ctrl+Enter or ⌘Enter in any field. */
export function submitting(send: () => void) {
  return {
    onSubmit(event: Event) {
      event.preventDefault();
      send();
    },
    onKeyDown(event: KeyboardEvent) {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      send();
    },
  };
}
