// Forms that name goods line by line: adding lines, and the name of the product that was chosen.
"use strict";
const goods = document.getElementById("goods-rows");

function addGoods() {
  const row = document.getElementById("goods-template")?.content.firstElementChild?.cloneNode(true);
  if (!row) return null;
  goods.append(row);
  htmx.process(row);
  return row;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-add-goods]")) addGoods()?.querySelector("input").focus();
  const choice = event.target.closest("[data-choose]");
  const name = choice?.dataset.name && choice.closest("tr")?.querySelector(".goods-name");
  if (name) name.textContent = choice.dataset.name;
});

// A chosen product or lot leads on to the next field.
document.addEventListener("chosen", (event) => {
  const fields = [...goods.querySelectorAll("input:not([type=hidden]), select")];
  fields[fields.indexOf(event.target) + 1]?.focus();
});

// Another product than the one whose name is shown.
document.addEventListener("input", (event) => {
  if (event.target.matches(".goods-row [name=product]")) event.target.closest("tr").querySelector(".goods-name").textContent = "";
});

// Enter in a line goes on to the next field instead of sending a half-typed form.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches(".goods-row input")) return;
  event.preventDefault();
  const fields = [...goods.querySelectorAll("input:not([type=hidden]), select")];
  (fields[fields.indexOf(event.target) + 1] || addGoods()?.querySelector("input"))?.focus();
});
