// Starts the packaged viewer on this archive's own description; no validator or other address is asked.
const place = document.getElementById("swagger-ui");
window.SwaggerUIBundle({ url: place.dataset.spec, domNode: place, validatorUrl: null, deepLinking: true });
