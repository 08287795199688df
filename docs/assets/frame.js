// The colours: those of the system, or the reader's choice, which the theme's script applies before the first paint.
(() => {
  const KEY = '__palette'
  const PARTS = ['media', 'scheme', 'primary', 'accent']
  const buttons = [...document.querySelectorAll('[data-palette] > button')]
  if (!buttons.length) return
  const read = (button, part) => button.getAttribute(`data-md-color-${part}`)
  const ofTheSystem = button => matchMedia(read(button, 'media')).matches
  const show = index => {
    const chosen = buttons[index]
    // The first is for the system's choice among the others.
    const colours = index ? chosen : buttons.slice(1).find(ofTheSystem) ?? buttons[1]
    const changed = PARTS.map(part => [`data-md-color-${part}`, read(part === 'media' ? chosen : colours, part)])
      .filter(([name, value]) => document.body.getAttribute(name) !== value)
    // The theme's sign that nothing fades from one colour to the other. Each change is paid for by the whole page.
    document.body.toggleAttribute('data-md-color-switching', changed.some(([name]) => /scheme/.test(name)))
    for (const [name, value] of changed) document.body.setAttribute(name, value)
    if (document.body.hasAttribute('data-md-color-switching')) {
      getComputedStyle(document.body).color
      document.body.removeAttribute('data-md-color-switching')
    }
    for (const button of buttons) button.hidden = button !== chosen
    // For the bars of the window. Where it is the system's choice, the style sheet has said so.
    const own = index ? getComputedStyle(document.body).colorScheme : ''
    const root = document.documentElement.style
    if (root.colorScheme !== own) root.colorScheme = own
  }
  const current = () => buttons.findIndex(button => !button.hidden)
  const stored = __md_get(KEY)?.index
  show(buttons[stored] ? stored : 0)
  for (const [index, button] of buttons.entries())
    button.addEventListener('click', () => {
      const next = (index + 1) % buttons.length
      show(next)
      buttons[next].focus()
      const color = Object.fromEntries(PARTS.map(part => [part, read(buttons[next], part)]))
      __md_set(KEY, { index: next, color })
    })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => show(current()))
})()

// The menu behind the button in the header, by the keyboard: the theme's button is a label, which it does not reach.
;(() => {
  const box = document.getElementById('__drawer')
  const label = document.querySelector('label.md-header__button[for=__drawer]')
  if (!box || !label) return
  const button = document.createElement('button')
  button.innerHTML = label.innerHTML
  button.type = 'button'
  button.className = label.className
  // The theme's style sheet knows it by this.
  button.setAttribute('for', '__drawer')
  button.ariaLabel = 'Menu'
  label.replaceWith(button)
  const say = () => (button.ariaExpanded = `${box.checked}`)
  const toggle = open => {
    box.checked = open
    box.dispatchEvent(new Event('change', { bubbles: true }))
  }
  const enter = () => {
    const links = [...document.querySelectorAll('.md-sidebar--primary a[href]')]
    links.find(link => link.checkVisibility({ visibilityProperty: true }))?.focus()
  }
  say()
  box.addEventListener('change', say)
  button.addEventListener('click', event => {
    toggle(!box.checked)
    // By the keyboard.
    if (box.checked && !event.detail) requestAnimationFrame(enter)
  })
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !box.checked) return
    toggle(false)
    button.focus()
  })
})()
