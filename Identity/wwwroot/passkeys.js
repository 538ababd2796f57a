// A form with data-passkey, the URL of a challenge, lets a passkey answer it and sends the answer in its field "Credential".
// Without this script, or in a browser without passkeys, these forms stay hidden.
const answer = async (challenge) => {
  const options = await challenge.json();
  const credential = 'user' in options
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return JSON.stringify(credential);
};

const isSupported = 'parseRequestOptionsFromJSON' in (window.PublicKeyCredential ?? {});

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const problem = form.querySelector('[role="alert"]');
  form.hidden = !isSupported;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      const challenge = await fetch(form.dataset.passkey, { method: 'POST', body: new FormData(form) });
      if (challenge.ok) form.elements.Credential.value = await answer(challenge);
      form.submit(); // without an answer the page says what is wrong, such as that it is too old
    } catch {
      problem.hidden = false; // the person has cancelled, or the device cannot do it
    }
  });
}
