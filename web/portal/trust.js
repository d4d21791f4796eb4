// Finds out on which rung this browser stands, and shows the line that says so.
//
// No browser tells a page whether its certificate is trusted. But a warning is passed for one host
// at a time, while a trusted CA vouches for all of them: an image from another name of this same
// gateway comes only where the CA is trusted.
(() => {
  /** @type {(name: string, value: string) => void} */
  const show = (name, value) => {
    /** @type {NodeListOf<HTMLElement>} */
    const lines = document.querySelectorAll(`[data-${name}]`);
    for (const line of lines) {
      line.hidden = line.dataset[name] !== value;
    }
  };

  /** @type {HTMLElement | null} */
  const found = document.querySelector('.found');
  const elsewhere = found?.dataset.elsewhere;
  if (elsewhere) {
    const image = new Image();
    image.onload = () => {
      show('found', 'trusted');
    };
    image.onerror = () => {
      show('found', 'clicked');
    };
    image.src = `${elsewhere}/trust.svg?${Date.now()}`;
  }

  const socket = new WebSocket(`wss://${location.host}/socket.io/?EIO=4&transport=websocket`);
  socket.onopen = () => {
    socket.close();
    show('socket', 'yes');
  };
  socket.onerror = () => {
    show('socket', 'no');
  };
})();
