// Says in plain words why there is no map. Any browser, however old, has to understand this script.

(function () {
  var page = document.documentElement;

  function tell(id) {
    page.setAttribute("data-trouble", id);
    document.getElementById(id).hidden = false;
  }

  // what came last into browsers of all that the page can't do without
  if (typeof DecompressionStream === "undefined" || !Element.prototype.replaceChildren) {
    tell("too-old");
    return;
  }
  document.addEventListener("DOMContentLoaded", function () {
    if (!page.hasAttribute("data-begun")) tell("damaged"); // cut short: our scripts at its end are missing
  });
})();
