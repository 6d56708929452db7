import type { ComponentChildren } from 'preact';

function Icon({ children, class: name }: { children: ComponentChildren; class?: string }) {
  return (
    <svg class={name} viewBox="0 0 16 16" aria-hidden="true">
      {children}
    </svg>
  );
}

const drawn = (path: string) => () => (
  <Icon>
    <path d={path} />
  </Icon>
);

export const Check = () => (
  <Icon class="yes">
    <path d="M3.5 8.5l3 3 6-7" />
  </Icon>
);
export const Cross = () => (
  <Icon class="no">
    <circle cx="8" cy="8" r="6.5" />
    <path d="M5.7 5.7l4.600 4.600M10.300 5.700l-4.600 4.600" />
  </Icon>
);
export const Glass = () => (
  <Icon>
    <circle cx="7" cy="7" r="4.2" />
    <path d="M10.2 10.2L13.500 13.500" />
  </Icon>
);
export const Hook = () => (
  <Icon>
    <path d="M10.500 2.500v6.700a3.200 3.200 0 1 1-6.400 0V8l2 1.600" />
    <circle cx="10.500" cy="2.600" r=".8" />
  </Icon>
);
export const Keyboard = () => (
  <Icon>
    <rect x="2" y="4" width="12" height="8" rx="1.500" />
    <path d="M4.500 6.700h.1M7 6.700h.1M9.500 6.700h.1M11.600 6.700h.1M5 9.600h6" />
  </Icon>
);
export const Copy = () => (
  <Icon>
    <rect x="5.500" y="5.500" width="7.500" height="7.500" rx="1.500" />
    <path d="M3 10.500V4a1 1 0 0 1 1-1h6.500" />
  </Icon>
);
export const Following = drawn('M3.500 3h9M8 13V6.200M4.800 9.200L8 6l3.200 3.200');
export const Paused = drawn('M6 4v8M10 4v8');
export const Up = drawn('M8 13V3.500M4.500 7L8 3.500 11.500 7');
export const Right = drawn('M3 8h10M9.500 4.500L13 8l-3.500 3.500');
export const Back = drawn('M9.500 4.500L6 8l3.500 3.500');
export const Again = drawn('M13 8a5 5 0 1 1-1.600-3.700M13.200 2.200v2.600h-2.600');
export const Pen = drawn('M10.800 3.200l2 2L6 12l-2.800.8L4 10z');
export const Undo = drawn('M3 6.500h6.500a3.200 3.200 0 0 1 0 6.500H7M5.800 3.700L3 6.500l2.800 2.800');
export const Warning = drawn('M8 2.800l5.600 9.900H2.400zM8 6.800v2.600M8 11.200v.1');
export const Close = drawn('M4 4l8 8M12 4l-8 8');
export const Widen = drawn('M9.500 3.500h3v3M12.500 3.500L3.500 12.500M3.500 9.500v3h3');
export const Down = drawn('M4.500 6.500L8 10l3.500-3.500');
export const Play = drawn('M5 3.500l7 4.500-7 4.500z');
export const Square = drawn('M4.500 4.500h7v7h-7z');
export const Dot = () => (
  <Icon>
    <circle cx="8" cy="8" r="2.5" />
  </Icon>
);
