// The step of an algorithm that runs: played when asked, and at hand while the reader is at the code
// that it speaks of. See live.js.
(() => {
  // `go` shows a step; `last` says whether it is the last one.
  const player = (section, { go, shown, size }) => {
    const play = section.querySelector(".sn-live-play");
    let playing = 0;
    const stop = () => {
      clearInterval(playing);
      playing = 0;
      play.setAttribute("aria-label", "Play");
      play.classList.remove("sn-plays");
    };
    play.addEventListener("click", () => {
      if (playing) return stop();
      if (shown() + 1 >= size()) go(0);
      play.setAttribute("aria-label", "Pause");
      play.classList.add("sn-plays");
      playing = setInterval(() => {
        if (!section.isConnected || document.hidden || shown() + 1 >= size()) return stop();
        go(shown() + 1);
      }, 450);
    });
    return stop;
  };

  // Once it has been used, it stays at the foot of the screen when its place is out of sight. The
  // place stays as high as it was.
  const follower = (section) => {
    const place = section.querySelector(".sn-live-place"), line = place.firstElementChild;
    let used = false, away = false;
    const close = Object.assign(document.createElement("button"), { type: "button", className: "sn-live-close" });
    close.setAttribute("aria-label", "Leave the steps where they were");
    line.append(close);
    // Above the page, where no box around it counts.
    const show = () => {
      const is = line.classList.toggle("sn-away", used && away);
      if (is === line.hasAttribute("popover")) return;
      if (!is) return line.removeAttribute("popover");
      line.popover = "manual";
      line.showPopover();
    };
    close.addEventListener("click", () => ((used = false), show()));
    new IntersectionObserver(([entry]) => ((away = !entry.isIntersecting), show())).observe(place);
    return () => {
      if (!used) (used = true), show();
    };
  };

  Object.assign((globalThis.sidenotesParts ??= {}), { player, follower });
})();
