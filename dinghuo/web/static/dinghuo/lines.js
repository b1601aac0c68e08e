// The order form: adding rows, pasting from a spreadsheet, and a running total.
"use strict";
const table = document.getElementById("line-table");
const rows = document.getElementById("line-rows");
const customer = document.getElementById("customer");

function addRow() {
  const row = document.getElementById("line-template").content.firstElementChild.cloneNode(true);
  rows.append(row);
  htmx.process(row);
  return row;
}

function showFacts(field) {
  const cell = field.closest("tr").querySelector(".line-name");
  const values = { product: field.value, customer: customer.value };
  htmx.ajax("GET", table.dataset.factsUrl, { target: cell, swap: "innerHTML", values });
}

function cells(row) {
  return ["product", "quantity", "price"].map((name) => row.querySelector(`[name=${name}]`).value);
}

// Another customer pays other prices: the rows are drawn again for it, as if they had been pasted.
function showPrices() {
  const filled = [...rows.children].map(cells).filter((row) => row.some(Boolean));
  if (!filled.length) return;
  const text = filled.map((row) => row.join("\t")).join("\n");
  htmx.ajax("POST", table.dataset.pasteUrl, {
    target: "#line-rows", swap: "innerHTML", values: { text, customer: customer.value },
  }).then(() => { addRow(); showTotal(); });
}

document.addEventListener("chosen", (event) => {
  if (event.target.matches("[name=product]")) {
    showFacts(event.target);
    event.target.closest("tr").querySelector("[name=quantity]").focus();
  } else {
    showPrices();
    document.getElementById("customer_po")?.focus();
  }
});

// Enter in a line goes on to the next field instead of sending a half-typed order.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches(".line-row input")) return;
  event.preventDefault();
  const fields = [...rows.querySelectorAll("input")];
  const place = fields.indexOf(event.target);
  (fields[place + 1] || addRow().querySelector("input")).focus();
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[name=quantity], [name=price]")) scheduleTotal();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[name=product]")) {
    showFacts(event.target);
    if (event.target.closest("tr") === rows.lastElementChild) addRow();
  }
});

document.addEventListener("paste", (event) => {
  const text = (event.clipboardData || window.clipboardData).getData("text");
  if (!event.target.matches("[name=product]") || !/[\t\n\r]/.test(text.trim())) return;
  event.preventDefault();
  const fresh = rows.querySelectorAll("tr");
  fresh.forEach((row) => { if ([...row.querySelectorAll("input")].every((field) => !field.value)) row.remove(); });
  htmx.ajax("POST", table.dataset.pasteUrl, {
    target: "#line-rows", swap: "beforeend", values: { text, customer: customer.value },
  }).then(() => { addRow(); showTotal(); });
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-add-line]")) addRow().querySelector("input").focus();
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  const found = event.target.querySelector?.("[data-price]");
  const row = event.target.closest?.("tr");
  if (found && row) row.querySelector("[name=price]").placeholder = found.dataset.price;
  scheduleTotal();
});

// Exact sums: a typed number becomes an integer of its smallest part, quantity in thousandths, price in millionths.
function scaled(text, decimals) {
  const typed = text.trim();
  const plain = /^\d{1,3}(,\d{3})+(\.\d*)?$/.test(typed) ? typed.replaceAll(",", "") : typed;
  const match = /^\+?(\d*)(?:\.(\d*))?$/.exec(plain);
  if (!match || (match[2] || "").length > decimals) return null;
  return BigInt((match[1] || "0") + (match[2] || "").padEnd(decimals, "0"));
}

function showTotal() {
  let total = 0n;
  let lines = 0;
  for (const row of rows.children) {
    const quantity = row.querySelector("[name=quantity]").value;
    const price = row.querySelector("[name=price]");
    const amount = scaled(quantity, 3);
    const each = scaled(price.value || price.placeholder, 6);
    if (quantity && amount !== null && each !== null) { total += amount * each; lines += 1; }
  }
  const cents = ((total + 5000000n) / 10000000n).toString().padStart(3, "0");
  const whole = cents.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  const output = document.getElementById("line-total");
  output.textContent = lines ? `${output.dataset.label}: ${whole}.${cents.slice(-2)} · ${lines} ${output.dataset.linesLabel}` : "";
}

let waiting = 0;
function scheduleTotal() {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(showTotal, 150);
}
showTotal();
