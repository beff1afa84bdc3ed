(function () {
  "use strict";
  var body = document.getElementById("fs-body");
  var failures = 0;
  var NS = "http://www.w3.org/2000/svg";

  function number(value) {
    if (typeof value !== "number") {
      return value;
    }

    var size = Math.abs(value);
    return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(3) : String(+value.toPrecision(5));
  }

  /** The place of the step nearest to another one, in ascending steps. */
  function nearest(steps, step) {
    var best = 0;
    for (var i = 1; i < steps.length; i++) {
      if (Math.abs(steps[i] - step) < Math.abs(steps[best] - step)) {
        best = i;
      }
    }

    return best;
  }

  function clear(svg) {
    svg.querySelectorAll(".fs-cursor").forEach(function (line) {
      line.remove();
    });
    svg.parentNode.querySelectorAll(".fs-tip").forEach(function (tip) {
      tip.remove();
    });
  }

  /** Shows the values at the step nearest to another one, and returns it. */
  function point(svg, step) {
    var data = JSON.parse(svg.dataset.points);
    clear(svg);
    var longest = data.curves.reduce(function (left, right) {
      return right.x.length > left.x.length ? right : left;
    });
    var at = longest.x[nearest(longest.x, step)];
    var place = data.left + at / data.max * (data.right - data.left);
    var line = document.createElementNS(NS, "line");
    line.setAttribute("class", "fs-cursor");
    line.setAttribute("x1", place);
    line.setAttribute("x2", place);
    line.setAttribute("y1", 10);
    line.setAttribute("y2", 182);
    svg.appendChild(line);
    var tip = document.createElement("div");
    tip.className = "fs-tip";
    tip.setAttribute("role", "status");
    tip.textContent = "step " + at + data.curves.map(function (curve) {
      return "\n" + (curve.name ? curve.name + " " : "") + number(curve.y[nearest(curve.x, at)]);
    }).join("");
    tip.style[place < 230 ? "right" : "left"] = place < 230 ? ".8rem" : "3.6rem";
    svg.parentNode.appendChild(tip);
    svg.dataset.step = at;
    return longest.x;
  }

  function stepAt(svg, event) {
    var data = JSON.parse(svg.dataset.points);
    var box = svg.getBoundingClientRect();
    var x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
    return (x - data.left) / (data.right - data.left) * data.max;
  }

  function chart(event) {
    var svg = event.target.closest ? event.target.closest("svg[data-points]") : null;
    return svg && body.contains(svg) ? svg : null;
  }

  body.addEventListener("pointermove", function (event) {
    var svg = chart(event);
    if (svg) {
      point(svg, stepAt(svg, event));
    }
  });
  body.addEventListener("pointerout", function (event) {
    var svg = chart(event);
    if (svg && !svg.contains(event.relatedTarget) && document.activeElement !== svg) {
      clear(svg);
    }
  });
  body.addEventListener("focusin", function (event) {
    var svg = chart(event);
    if (svg) {
      point(svg, svg.dataset.step === undefined ? Infinity : +svg.dataset.step);
    }
  });
  body.addEventListener("focusout", function (event) {
    var svg = chart(event);
    if (svg) {
      clear(svg);
    }
  });
  body.addEventListener("keydown", function (event) {
    var svg = chart(event);
    var by = {ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity}[event.key];
    if (!svg || by === undefined) {
      return;
    }

    event.preventDefault();
    var steps = point(svg, svg.dataset.step === undefined ? 0 : +svg.dataset.step);
    var next = nearest(steps, +svg.dataset.step) + by;
    point(svg, steps[Math.max(0, Math.min(steps.length - 1, next))]);
  });

  /** Ticked runs are laid over the one that is shown. */
  body.addEventListener("change", function (event) {
    if (!event.target.classList.contains("fs-with")) {
      return;
    }

    var query = new URLSearchParams(window.location.search);
    var ids = [];
    body.querySelectorAll(".fs-with:checked:not(:disabled)").forEach(function (tick) {
      ids.push(tick.value);
    });
    if (ids.length) {
      query.set("with", ids.join(","));
    } else {
      query.delete("with");
    }

    window.history.replaceState(null, "", "?" + query);
    load();
  });

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
    // What somebody reads under the pointer or with the keyboard stays.
    if (document.hidden || body.querySelector(".fs-tip")) {
      return later();
    }

    load().then(later);
  }

  function load() {
    var query = new URLSearchParams(window.location.search);
    query.set("fragment", "1");
    return window.fetch(window.location.pathname + "?" + query, {credentials: "same-origin"})
      .then(function (answer) {
        return answer.ok ? answer.text() : Promise.reject(new Error(answer.status));
      })
      .then(show)
      .catch(function () {
        failures++;
        body.classList.add("fs-stale");
      });
  }

  function later() {
    if (failures < 5) {
      window.setTimeout(refresh, 2000);
    }
  }

  if (body.dataset.live === "true") {
    later();
  }
})();
