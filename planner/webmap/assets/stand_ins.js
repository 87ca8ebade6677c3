// What scripts of folium's layers expect to find: a little of jQuery, Leaflet's marker pictures, and icons.

function $(what) {
  if (typeof what === "string") {
    const holder = document.createElement("template");
    holder.innerHTML = what.trim();
    return [...holder.content.children];
  }
  return { 0: what, ready: (then) => then() };
}

(() => {
  // the pictures stand in Leaflet's styles, where its own search for their folder can't find them
  const probe = document.createElement("div");
  probe.className = "leaflet-default-icon-path";
  document.body.appendChild(probe);
  const iconUrl = getComputedStyle(probe).backgroundImage.replace(/^url\("?|"?\)$/g, "");
  probe.remove();
  delete L.Icon.Default.prototype._getIconUrl;
  L.Icon.Default.mergeOptions({ iconUrl, iconRetinaUrl: iconUrl, shadowUrl: "", shadowSize: [0, 0] });
  L.AwesomeMarkers = { icon: () => new L.Icon.Default() };
})();
