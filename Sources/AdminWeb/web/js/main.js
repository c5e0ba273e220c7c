// Name, version and the state of each endpoint.
const answer = async (path) => (await fetch(`api/${path}`)).json();

const row = (...texts) => {
  const line = document.createElement("tr");
  for (const text of texts) line.appendChild(document.createElement("td")).textContent = text;
  return line;
};

const session = await answer("session");
document.getElementById("version").textContent = `Version ${session.version} at ${session.listening.url}`;
if (session.authenticated) {
  const { endpoints } = await answer("snapshot");
  document.getElementById("endpoints").replaceChildren(
    ...endpoints.map((endpoint) => row(endpoint.name, endpoint.state, endpoint.in_flight)));
}
