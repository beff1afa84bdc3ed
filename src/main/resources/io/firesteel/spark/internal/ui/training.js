(function () {
  "use strict";
  var body = document.getElementById("fs-body");
  var failures = 0;
  if (body.dataset.live !== "true") {
    return;
  }

  function show(html) {
    var open = {};
    body.querySelectorAll("details[id]").forEach(function (part) {
      open[part.id] = part.open;
    });
    body.innerHTML = html;
    body.querySelectorAll("details[id]").forEach(function (part) {
      if (part.id in open) {
        part.open = open[part.id];
      }
    });
    body.classList.remove("fs-stale");
    failures = 0;
  }

  function refresh() {
    if (document.hidden) {
      return later();
    }

    var query = new URLSearchParams(window.location.search);
    query.set("fragment", "1");
    window.fetch(window.location.pathname + "?" + query, {credentials: "same-origin"})
      .then(function (answer) {
        return answer.ok ? answer.text() : Promise.reject(new Error(answer.status));
      })
      .then(show)
      .catch(function () {
        failures++;
        body.classList.add("fs-stale");
      })
      .then(later);
  }

  function later() {
    if (failures < 5) {
      window.setTimeout(refresh, 2000);
    }
  }

  later();
})();
