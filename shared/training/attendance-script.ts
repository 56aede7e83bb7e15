/**
 * Runs in the participant's browser. The token stays in the tab; a redirect is followed only to a web address, since a
 * `javascript:` one would run here. Refusals that a participant meets are put in Indonesian, others in the API's words.
 */
export const script = `
(() => {
  const words = {
    credentials_wrong: 'Alamat e-mail atau kata sandi salah.',
    account_unconfirmed: 'Alamat e-mail Anda belum dikonfirmasi.',
    attempts_exceeded: 'Terlalu banyak percobaan. Coba lagi nanti.',
    credentials_missing: 'Sesi Anda telah berakhir. Masuk kembali.',
    ticket_invalid: 'Tautan ini tidak berlaku atau sudah kedaluwarsa. Kembali ke lembaga pelatihan dan buka lagi.',
    redeem_code_unused: 'Kode pelatihan ini belum ditukarkan. Tukarkan kode di lembaga pelatihan, lalu coba lagi.',
    not_recipient: 'Akun ini bukan penerima Kartu Prakerja. Masuk dengan akun yang membeli pelatihan ini.',
    role_missing: 'Akun ini bukan akun peserta. Masuk dengan akun yang membeli pelatihan ini.',
    request_invalid: 'Isian belum lengkap atau tidak sesuai. Periksa lalu coba lagi.',
    conflict_persistent: 'Layanan sedang sibuk. Coba lagi sebentar lagi.',
    internal: 'Terjadi kesalahan pada layanan kami. Coba lagi nanti.',
    service_unavailable: 'Layanan sedang sibuk. Coba lagi sebentar lagi.',
  };
  const unreachable = 'Tidak dapat terhubung. Periksa koneksi internet Anda, lalu coba lagi.';
  const element = (id) => document.getElementById(id);
  const { ticket, apiOrigin } = element('attendance').dataset;
  const tokenName = 'prakerja.accessToken';

  const show = (id) => {
    element('sign-in').hidden = id !== 'sign-in';
    element('confirm').hidden = id !== 'confirm';
  };
  const say = (text) => {
    element('trouble').textContent = text;
    element('trouble').hidden = text === '';
  };

  class Refused extends Error {
    constructor(status, problem) {
      // The gateway refuses an expired token itself, without a code.
      const code = problem.code || (status === 401 ? 'credentials_missing' : '');
      super(words[code] || problem.detail || problem.title || 'Terjadi kesalahan (' + status + ').');
      this.status = status;
    }
  }

  const post = async (path, body, token) => {
    const headers = { 'content-type': 'application/json' };
    if (token) headers.authorization = 'Bearer ' + token;
    const sent = fetch(apiOrigin + path, { method: 'POST', headers, body: JSON.stringify(body) });
    const answer = await sent.catch(() => { throw new Error(unreachable); });
    const content = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refused(answer.status, content);
    return content;
  };

  const signIn = async () => {
    const { accessToken } = await post('/v1/sessions', { email: element('email').value.trim(), password: element('password').value });
    sessionStorage.setItem(tokenName, accessToken);
    element('password').value = '';
    show('confirm');
  };

  const confirm = async () => {
    const { redirectUrl } = await post('/v1/attendances', { ticket }, sessionStorage.getItem(tokenName));
    const target = new URL(redirectUrl);
    if (target.protocol !== 'https:' && target.protocol !== 'http:') throw new Error(words.ticket_invalid);
    location.assign(target.href);
  };

  const signOut = () => {
    sessionStorage.removeItem(tokenName);
    show('sign-in');
  };

  const onSubmit = (id, step) => element(id).addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = element(id).querySelector('button');
    button.disabled = true;
    say('');
    try {
      await step();
    } catch (error) {
      say(error.message);
      if (error.status === 401) signOut();
    }
    button.disabled = false;
  });

  onSubmit('sign-in', signIn);
  onSubmit('confirm', confirm);
  element('sign-out').addEventListener('click', signOut);
  show(sessionStorage.getItem(tokenName) ? 'confirm' : 'sign-in');
})();
`;
