import { useEffect, useState } from 'preact/hooks';

/** The current time in ms since 1970; what shows it is drawn again each second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(now, Date.now());
}
