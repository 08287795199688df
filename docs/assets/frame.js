// The menu behind the button in the header, by the keyboard: the theme's button is a label, which it does not reach.
(() => {
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
