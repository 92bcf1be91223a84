// Starts the interactive reference on the contract that this marketplace serves.
window.addEventListener("load", () => {
  const target = document.getElementById("reference");
  window.SwaggerUIBundle({
    url: target.dataset.contract,
    domNode: target,
    deepLinking: true,
    displayRequestDuration: true,
    validatorUrl: null,
    presets: [window.SwaggerUIBundle.presets.apis],
  });
});
