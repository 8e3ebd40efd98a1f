// `/docs`: Swagger UI over the service's own description.

window.SwaggerUIBundle({
  dom_id: '#docs',
  url: document.getElementById('docs').dataset.openapi,
  deepLinking: true,
  // Nothing is asked of other hosts, and nothing is kept in the browser.
  validatorUrl: null,
  persistAuthorization: false,
});
