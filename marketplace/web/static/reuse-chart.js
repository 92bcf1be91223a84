// Draws the reuse table beside it as stacked bars. Decoration: the table is the content, so nothing is lost without it.
(function () {
  "use strict";

  const CLASSES = ["counted", "unconfirmed", "in_progress", "own_solution", "negative", "ended", "unknown"];
  const BAR = 26;
  const MAX_ROWS = 40;

  function token(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function pattern(ground, ink, draw) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.fillStyle = ground;
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = pen.fillStyle = ink;
    draw(pen);
    return pen.createPattern(tile, "repeat");
  }

  function line(x1, y1, x2, y2, width) {
    return function (pen) {
      pen.lineWidth = width;
      pen.beginPath();
      pen.moveTo(x1, y1);
      pen.lineTo(x2, y2);
      pen.stroke();
    };
  }

  function fills() {
    const color = function (name) { return token("--kern-color-" + name); };
    return {
      counted: color("darkblue-650"),
      unconfirmed: pattern(color("darkblue-200"), color("darkblue-650"), line(0, 8, 8, 0, 2)),
      in_progress: pattern(color("turquois-200"), color("turquois-700"), line(4, 0, 4, 8, 1)),
      own_solution: pattern(color("violet-300"), color("violet-800"), line(0, 4, 8, 4, 1)),
      negative: pattern(color("red-400"), color("red-900"), line(0, 0, 8, 8, 2)),
      ended: color("neutral-500"),
      unknown: pattern("#ffffff", "#6e7597", function (pen) { pen.fillRect(1, 1, 2, 2); pen.fillRect(5, 5, 2, 2); }),
    };
  }

  function labelOf(table, name) {
    const head = table.querySelector('th[data-class="' + name + '"]');
    return head ? head.textContent.trim() : table.dataset.countedLabel;
  }

  function draw(canvas) {
    const table = document.getElementById(canvas.dataset.reuseChart);
    const rows = Array.from(table.querySelectorAll("tbody tr")).filter(function (row) {
      return Number(row.dataset.denominator) > 0;
    });
    if (!rows.length || rows.length > MAX_ROWS || !window.Chart) return;
    const paint = fills();
    const text = token("--kern-color-layout-text-default");
    const percent = new Intl.NumberFormat(table.dataset.locale, { style: "percent", maximumFractionDigits: 0 });
    canvas.parentElement.classList.add("m-chart--drawn");
    canvas.parentElement.style.height = rows.length * BAR + 110 + "px";
    window.Chart.defaults.font.family = '"Fira Sans", sans-serif';
    window.Chart.defaults.font.size = window.innerWidth < 500 ? 11 : 14;
    window.Chart.defaults.color = text;
    new window.Chart(canvas, {
      type: "bar",
      data: {
        labels: rows.map(function (row) { return row.dataset.label; }),
        datasets: CLASSES.map(function (name) {
          return {
            label: labelOf(table, name),
            data: rows.map(function (row) {
              return Number(row.getAttribute("data-" + name.replace("_", "-"))) / Number(row.dataset.denominator);
            }),
            backgroundColor: paint[name],
            borderColor: text,
            borderWidth: 0.5,
            barPercentage: 0.85,
          };
        }),
      },
      options: {
        indexAxis: "y",
        animation: false,
        maintainAspectRatio: false,
        scales: {
          x: { stacked: true, min: 0, max: 1, ticks: { callback: function (value) { return percent.format(value); } } },
          y: { stacked: true, ticks: { autoSkip: false } },
        },
        plugins: {
          legend: { position: "bottom", labels: { boxWidth: 16, boxHeight: 14 } },
          tooltip: { enabled: false },
        },
        events: [],
      },
    });
  }

  document.fonts.ready.then(function () {
    document.querySelectorAll("canvas[data-reuse-chart]").forEach(draw);
  });
})();
