// The theme asks for the index of the search when a page opens, whether or not anyone searches. That request waits
// here until the search is opened. It must run before the theme's script.
(() => {
  // From the disk no script may read the index: better no search than one that finds nothing.
  if (location.protocol === 'file:') {
    for (const part of document.querySelectorAll('.md-search, .md-header label[for=__search]')) part.remove()
    return
  }
  const send = XMLHttpRequest.prototype.send
  const open = XMLHttpRequest.prototype.open
  const waiting = []
  // A link from the search asks the page to mark what was searched for: that takes the index, too.
  let opened = /[?&][hq]=/.test(location.search)

  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    this.isIndex = /\/search(\/search_index)?\.json$/.test(address)
    return open.call(this, method, address, ...rest)
  }
  XMLHttpRequest.prototype.send = function (body) {
    if (this.isIndex && !opened) waiting.push([this, body])
    else send.call(this, body)
  }

  const release = () => {
    opened = true
    for (const [request, body] of waiting.splice(0)) send.call(request, body)
  }
  // By pointer, by the keyboard, and by the theme's own keys, of which some open a field in a shadow root.
  const opens = target => target.closest?.('.md-search, [for=__search]')
  addEventListener('pointerdown', event => opens(event.target) && release(), true)
  addEventListener('click', event => opens(event.target) && release(), true)
  addEventListener('focusin', event => opens(event.target) && release(), true)
  addEventListener('keydown', event => {
    const isKey = ['/', 's', 'f'].includes(event.key) || (event.key === 'k' && (event.ctrlKey || event.metaKey))
    if (isKey && !event.target.matches?.('input, textarea, select')) release()
  }, true)
})()
