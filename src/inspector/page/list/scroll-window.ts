/** Which rows of a list of fixed height are drawn: those in view, and some around them so that scrolling shows no gaps. */
export function drawnRows(
  scrollTop: number,
  viewHeight: number,
  rowHeight: number,
  length: number,
): { readonly from: number; readonly until: number } {
  const spare = 8;
  const from = Math.max(0, Math.floor(scrollTop / rowHeight) - spare);
  const until = Math.ceil((scrollTop + viewHeight) / rowHeight) + spare;
  return { from: Math.min(from, Math.max(0, length - 1)), until: Math.min(length, until) };
}

/** Where to scroll so that a row can be seen; the header covers the top of the view. */
export function scrollToShow(
  index: number,
  scrollTop: number,
  viewHeight: number,
  rowHeight: number,
): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  const bottom = top + rowHeight;
  return bottom > scrollTop + viewHeight ? bottom - viewHeight : scrollTop;
}
