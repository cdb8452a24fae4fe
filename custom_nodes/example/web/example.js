// @ts-check
/** What an extension of the editor can add; docs/extensions.md says more. */

import { api, app, registerExtension } from '/editor/extensions.js';

let boards = 0;

registerExtension({
  name: 'example',

  // The field of `("INT", {"widget": "example.squares"})` shows how fine the board will be.
  widgets: {
    'example.squares': {
      draw(context, { x, y, width, height }, value, { text, muted, accent }, label) {
        const middle = y + height / 2;
        context.textBaseline = 'middle';
        context.fillStyle = muted;
        context.textAlign = 'left';
        context.fillText(label, x + 10, middle);
        context.fillStyle = text;
        context.textAlign = 'right';
        context.fillText(`${value} px`, x + width - 10, middle);
        const side = Math.min(Math.max(Number(value) / 16, 1), height / 2);
        context.fillStyle = accent;
        for (let at = 0; at * side < width * 0.3; at += 1) context.fillRect(x + width * 0.3 + at * side, y + (at % 2) * (height / 2), side, height / 2);
      },
      edit(host, value, set, done) {
        const slider = document.createElement('input');
        slider.type = 'range';
        Object.assign(slider, { min: '1', max: '256', value: String(value) });
        slider.style.width = '100%';
        slider.addEventListener('input', () => set(Number(slider.value)));
        slider.addEventListener('keydown', ({ key }) => key === 'Enter' && done());
        host.append(slider);
      },
    },
  },

  menuItems: {
    node: (node) => (node.type === 'ExampleCheckerboard'
      ? [{ label: 'Squares twice as large', run: () => app.setValues(node.id, { square: Number(node.values.square) * 2 }) }]
      : []),
  },

  // A frame of squares along the lower edge of the node.
  decorate: [{
    types: ['ExampleCheckerboard'],
    draw(context, { width, height }) {
      if (!app.setting('example', 'border')) return;
      context.fillStyle = 'rgb(127 127 127 / 50%)';
      for (let x = 0; x < width; x += 8) context.fillRect(x, height - ((x / 8) % 2 ? 4 : 8), 8, 4);
    },
  }],

  settings: [{ id: 'border', label: 'Squares along the edge of Checkerboard', default: true }],

  actions: [{ id: 'count', label: 'Say how many boards were drawn', run: () => app.say(`${boards} boards were drawn`) }],

  setup() {
    api.addEventListener('executing', ({ detail }) => {
      const node = app.nodes().find(({ id }) => id === detail['node']);
      if (node?.type === 'ExampleCheckerboard') boards += 1;
    });
  },
});
