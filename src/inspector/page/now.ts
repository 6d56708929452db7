import { useEffect, useState } from 'preact/hooks';

/** The current time in ms since 1970; what shows it is drawn again each second. */
export function useNow(): number {
  const [, setDrawn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setDrawn(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Date.now();
}
