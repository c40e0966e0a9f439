// The page of a room: shows messages, sends them, and stays connected.
// Whatever people wrote is only ever put into the page as textContent.

const DOM_LIMIT = 1000; // messages kept in the page
const EARLIER = 50; // messages fetched by the button above the first one
const ACK_MS = 10_000; // no acknowledgement for so long: the connection is dead
const OPEN_MS = 5_000; // a WebSocket that takes longer to open counts as failed
const POLLING_MS = 60_000; // time spent with long polling before WebSocket gets another chance
const GROUP_MS = 5 * 60_000; // messages of one person within this time share one headline

const room = document.body.dataset.room;
const path = encodeURIComponent(room);
const at = (id) => document.getElementById(id);

// --- what the browser remembers (storage may be forbidden: then it forgets) ---

function load(storage, key, fallback) {
  try {
    return JSON.parse(window[storage].getItem(key)) ?? fallback;
  } catch {
    return fallback;
  }
}

function save(storage, key, value) {
  try {
    window[storage].setItem(key, JSON.stringify(value));
  } catch {
    // private mode or full: nothing depends on it
  }
}

const mine = new Set(load("localStorage", "chat-mine", []));
let outbox = load("sessionStorage", `chat-outbox:${room}`, []); // {client_id, name, text}
const saveOutbox = () => save("sessionStorage", `chat-outbox:${room}`, outbox);

// --- the list of messages ---

let lastSeq = Number(document.body.dataset.after);
let firstSeq = lastSeq + 1;

function element(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function messageItem({ name, text, client_id, sent_at }) {
  const item = element("li", mine.has(client_id) ? "message mine" : "message");
  const sent = new Date(sent_at ?? Date.now());
  const when = element("time", "when", sent.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  when.dateTime = sent.toISOString();
  when.title = sent.toLocaleString();
  const bubble = element("div", "bubble");
  bubble.append(element("p", "body", text), when);
  item.append(element("span", "day", sent.toLocaleDateString([], { dateStyle: "full" })));
  item.append(element("bdi", "who", name), bubble);
  item.chat = { name, client_id, day: sent.toDateString(), time: sent.getTime() };
  return item;
}

// Shows the day and the name only where they change.
function setHeadlines(item) {
  const previous = item.previousElementSibling?.chat;
  const sameDay = previous?.day === item.chat.day;
  item.querySelector(".day").hidden = sameDay;
  const near = previous && item.chat.time - previous.time < GROUP_MS;
  item.classList.toggle("same", Boolean(sameDay && near && previous.name === item.chat.name));
}

let following = true; // the reader is at the end and wants to stay there

function noteScroll() {
  const { scrollHeight, scrollTop, clientHeight } = at("scroller");
  following = scrollHeight - scrollTop - clientHeight < 80;
  if (following) at("newest").hidden = true;
}

function scrollToEnd() {
  following = true;
  at("scroller").scrollTop = at("scroller").scrollHeight;
  at("newest").hidden = true;
}

function showMessages(messages) {
  for (const message of messages) {
    if (message.seq <= lastSeq) continue; // came twice: on reconnect, or by another way
    lastSeq = message.seq;
    settle(message.client_id);
    removePending(message.client_id);
    const item = messageItem(message);
    at("messages").append(item);
    setHeadlines(item);
  }
  while (at("messages").children.length > DOM_LIMIT) {
    at("messages").firstElementChild.remove();
    firstSeq += 1;
  }
  at("earlier").hidden = firstSeq <= 1;
  at("empty").hidden = lastSeq > 0 || outbox.length > 0;
  if (following) scrollToEnd();
  else if (messages.length) at("newest").hidden = false;
}

async function showEarlier() {
  const after = Math.max(0, firstSeq - 1 - EARLIER);
  const { messages } = await fetchJson(`messages?after=${after}&limit=${firstSeq - 1 - after}`);
  const fromEnd = at("scroller").scrollHeight - at("scroller").scrollTop;
  const next = at("messages").firstElementChild;
  at("messages").prepend(...messages.map(messageItem));
  for (const item of at("messages").children) {
    setHeadlines(item);
    if (item === next) break;
  }
  firstSeq = after + 1;
  at("earlier").hidden = firstSeq <= 1;
  at("scroller").scrollTop = at("scroller").scrollHeight - fromEnd;
}

// --- sending: one message at a time, again and again until it is acknowledged ---

let inFlight = null; // the client_id that was sent and not answered yet
let ackTimer;

const newClientId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const pendingItem = (clientId) => [...at("outbox").children].find((item) => item.chat.client_id === clientId);
const removePending = (clientId) => pendingItem(clientId)?.remove();

function showPending(post) {
  const item = messageItem(post);
  item.classList.add("waiting", "same");
  item.querySelector(".day").hidden = true;
  item.querySelector(".when").textContent = "sending…";
  at("outbox").append(item);
  at("empty").hidden = true;
}

function submit() {
  const name = at("name").value.trim();
  const text = at("text").value;
  if (!text.trim()) return;
  const post = { name, text, client_id: newClientId() };
  mine.add(post.client_id);
  save("localStorage", "chat-mine", [...mine].slice(-500));
  outbox.push(post);
  saveOutbox();
  showPending(post);
  at("text").value = "";
  fitText();
  scrollToEnd();
  flush();
}

function flush() {
  if (inFlight || !outbox.length) return;
  const post = outbox[0];
  if (socket?.readyState === WebSocket.OPEN) {
    inFlight = post.client_id;
    socket.send(JSON.stringify(post));
    ackTimer = setTimeout(() => socket?.close(), ACK_MS);
  } else if (polling) {
    inFlight = post.client_id;
    sendByPost(post);
  }
}

async function sendByPost(post) {
  try {
    const { seq } = await fetchJson("messages", { method: "POST", body: JSON.stringify(post) });
    acknowledge(post.client_id, seq);
  } catch (error) {
    if (error.status >= 400 && error.status < 500) return refuse(error.message);
    inFlight = null;
    setTimeout(flush, backoff());
  }
}

// The server has it, and it needs no more sending.
function settle(clientId) {
  if (!outbox.some((post) => post.client_id === clientId)) return;
  outbox = outbox.filter((post) => post.client_id !== clientId);
  saveOutbox();
}

function acknowledge(clientId, seq) {
  settle(clientId);
  if (seq <= lastSeq) removePending(clientId); // else it goes when the message itself comes
  next();
}

function refuse(reason) {
  const post = outbox.shift();
  saveOutbox();
  const item = pendingItem(post.client_id);
  item.classList.replace("waiting", "failed");
  item.querySelector(".when").textContent = `not sent – ${reason}`;
  const edit = element("button", "", "Edit");
  edit.type = "button";
  edit.onclick = () => {
    item.remove();
    at("text").value = post.text;
    fitText();
    at("text").focus();
  };
  item.querySelector(".bubble").append(edit);
  next();
}

function next() {
  clearTimeout(ackTimer);
  inFlight = null;
  flush();
}

// --- connecting: WebSocket, or long polling where that fails ---

let socket = null;
let polling = false;
let socketFailures = 0;
let attempts = 0;
let retryTimer;

function setState(state, text) {
  at("state").dataset.state = state;
  at("state").textContent = text;
}

async function fetchJson(resource, options) {
  const response = await fetch(`/api/rooms/${path}/${resource}`, options);
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.error), { status: response.status });
  return answer;
}

// Milliseconds until the next attempt: doubling to 15 s, shaken so that clients do not come at once.
function backoff() {
  attempts += 1;
  return Math.min(15_000, 250 * 2 ** attempts) * (0.5 + Math.random() / 2);
}

function connectLater() {
  clearTimeout(ackTimer);
  inFlight = null;
  setState("offline", "Offline – trying again");
  clearTimeout(retryTimer);
  retryTimer = setTimeout(connect, backoff());
}

function connected(state, text) {
  attempts = 0;
  setState(state, text);
  flush();
}

function connect() {
  clearTimeout(retryTimer);
  if (socket || polling) return;
  if (!window.WebSocket || socketFailures >= 2) poll();
  else openSocket();
}

function openSocket() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  let opening;
  try {
    opening = new WebSocket(`${scheme}://${location.host}/ws/${path}?after=${lastSeq}`);
  } catch {
    return poll(); // forbidden by the browser's settings or an extension
  }
  const timer = setTimeout(() => opening.close(), OPEN_MS);
  let opened = false;
  socket = opening;
  opening.onopen = () => {
    clearTimeout(timer);
    opened = true;
    socketFailures = 0;
    connected("live", "Connected");
    showMessages([]);
  };
  opening.onmessage = ({ data }) => receive(JSON.parse(data));
  opening.onclose = () => {
    clearTimeout(timer);
    socket = null;
    if (!opened) socketFailures += 1;
    connectLater();
  };
}

function receive(frame) {
  if (frame.messages) showMessages(frame.messages);
  else if (frame.ack) acknowledge(frame.ack, frame.seq);
  else if (frame.error && inFlight) refuse(frame.error);
}

async function poll() {
  const until = Date.now() + POLLING_MS;
  polling = true;
  try {
    let resource = "messages"; // answers at once, so that the page knows that it is connected
    do {
      const { messages } = await fetchJson(`${resource}?after=${lastSeq}`);
      if (resource === "messages") connected("polling", "Connected (polling)");
      resource = "poll";
      showMessages(messages);
    } while (Date.now() < until);
    polling = false;
    socketFailures = 1;
    connect();
  } catch {
    polling = false;
    connectLater();
  }
}

// --- the form ---

function fitText() {
  at("text").style.height = "auto";
  at("text").style.height = `${at("text").scrollHeight + 2}px`;
}

at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
at("text").addEventListener("input", fitText);
at("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  at("composer").requestSubmit();
});
at("name").value = load("localStorage", "chat-name", "");
at("name").addEventListener("input", () => save("localStorage", "chat-name", at("name").value));
at("newest").addEventListener("click", scrollToEnd);
at("scroller").addEventListener("scroll", noteScroll);
// A keyboard that opens or a draft that grows takes room from below.
new ResizeObserver(() => following && scrollToEnd()).observe(at("scroller"));
at("earlier").addEventListener("click", () => showEarlier().catch(() => {}));
window.addEventListener("online", connect);

outbox.forEach(showPending);
fitText();
if (matchMedia("(pointer: fine)").matches) at(at("name").value ? "text" : "name").focus();
connect();
