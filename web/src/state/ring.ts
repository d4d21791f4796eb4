/** Two short tones, made here and not loaded, and a buzz. */
import type { Settings } from './settings';

/** A fifth, upwards. */
const TONES_HZ = [660, 990];
const TONE_S = 0.14;
const LOUDNESS = 0.12;
const BUZZ_MS = [80, 60, 80];

let audio: AudioContext | undefined;

/** Makes ready for sound: browsers allow it once the page was touched. */
export function ready(page: Window): void {
  if (audio !== undefined || !('AudioContext' in page)) return;
  const context = new AudioContext();
  audio = context;
  const unlock = () => {
    context.resume().catch(() => undefined);
  };
  for (const gesture of ['pointerup', 'keydown']) page.addEventListener(gesture, unlock);
  unlock();
}

export function ring(settings: Pick<Settings, 'sound' | 'vibrate'>): void {
  if (settings.sound.value) sound();
  if (settings.vibrate.value && 'vibrate' in navigator) navigator.vibrate(BUZZ_MS);
}

function sound(): void {
  if (audio?.state !== 'running') return;
  for (const [index, frequency] of TONES_HZ.entries()) {
    const from = audio.currentTime + index * TONE_S;
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = frequency;
    // Fades out: a tone that is cut off clicks.
    gain.gain.setValueAtTime(LOUDNESS, from);
    gain.gain.exponentialRampToValueAtTime(0.001, from + TONE_S);
    tone.connect(gain).connect(audio.destination);
    tone.start(from);
    tone.stop(from + TONE_S);
  }
}
