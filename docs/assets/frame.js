// The menu behind the button in the header, by the keyboard: the theme's button is a label, which it does not reach.
(() => {
  const box = document.getElementById('__drawer')
  const label = document.querySelector('.md-header__button[for=__drawer]')
  if (!box || !label) return
  Object.assign(label, { tabIndex: 0, role: 'button', ariaLabel: 'Menu' })
  const say = () => (label.ariaExpanded = `${box.checked}`)
  const toggle = open => {
    box.checked = open
    box.dispatchEvent(new Event('change', { bubbles: true }))
  }
  say()
  box.addEventListener('change', say)
  label.addEventListener('keydown', event => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    toggle(!box.checked)
    if (box.checked) document.querySelector('.md-sidebar--primary a[href]')?.focus()
  })
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !box.checked) return
    toggle(false)
    label.focus()
  })
})()
